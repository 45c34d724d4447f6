/**
 * What each script begins with. A partition is four keys of one hash slot:
 *
 * - a hash: `run`, `load`, `ready`, `seq`, `now` and `closed` of the partition; `h:<id>` a hold, its state as a digit and
 *   then its demand and limits as MessagePack; `s:<start>:<meter>` a slot as "settled held"; `r:<meter>` the sums over
 *   the slots of a rolling window that count, as "settled held first length width";
 * - a sorted set of what becomes due: holds, slots and rolling windows that are over;
 * - two sets of ids that have ended, each for ten minutes, in turn.
 *
 * Time that falls stands still. Nothing is written before all has been looked at.
 */
export const prelude = `
local D, X, C = KEYS[1], KEYS[2], { KEYS[3], KEYS[4] }
local call, most, dayMs, closedMs = redis.call, 9007199254740991, 86400000, 600000
local function text(n) return string.format('%.0f', n) end
local function least(a, b) if a < b then return a end return b end
local top = call('HMGET', D, 'run', 'seq', 'now', 'load', 'closed', 'ready')
local seq, load = tonumber(top[2] or 0), tonumber(top[4] or 0)
if ARGV[1] ~= '' and (top[1] ~= ARGV[1] or seq < tonumber(ARGV[2])) then return { 'fenced' } end
local now = tonumber(ARGV[3])
if not now then
  local time = call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
if top[3] and tonumber(top[3]) > now then now = tonumber(top[3]) end

local function counts(value)
  if not value then return 0, 0 end
  local settled, held = string.match(value, '^(%d+) (%d+)')
  return tonumber(settled), tonumber(held)
end
local function slotField(start, meter) return 's:' .. text(start) .. ':' .. meter end

-- A hold's limits stand in a row: meter, quantity, window, amount, start, end (0 for none), length of its slots.
local each = 7
local function unpackHold(value)
  local hold = cmsgpack.unpack(string.sub(value, 2))
  hold.state = string.sub(value, 1, 1)
  return hold
end
local function packHold(hold)
  return hold.state .. cmsgpack.pack({ usd = hold.usd, input = hold.input, output = hold.output, limits = hold.limits })
end
local function quantities(usd, input, output, requests)
  return { nanoUsd = usd, inputTokens = input, outputTokens = output, totalTokens = input + output, requests = requests }
end
-- What a hold takes of a limit in a state: settled, held.
local function share(state, of, window, whole, used)
  if window == 'request' then return 0, 0 end
  local parallel = window == 'parallel'
  if state == 'closed' then return parallel and 0 or used[of], 0 end
  if state == '2' then return parallel and 0 or whole[of], 0 end
  if state == '1' and parallel then return 0, 0 end
  return 0, whole[of]
end

-- The slots of a rolling window that count now: settled, held, and their list; without it where none has ended.
local function slotsOf(meter, first, length, width)
  local fields, starts = {}, {}
  for k = 0, math.floor(width / length) + 1 do
    starts[k + 1] = first + k * length
    fields[k + 1] = slotField(starts[k + 1], meter)
  end
  local values = call('HMGET', D, unpack(fields))
  local settled, held, list, gone = 0, 0, {}, {}
  for k, value in ipairs(values) do
    if value and starts[k] + width <= now then
      gone[#gone + 1] = fields[k]
    elseif value then
      local s, h = counts(value)
      settled, held = least(settled + s, most), held + h
      list[#list + 1] = { starts[k], s + h }
    end
  end
  return settled, held, list, gone
end
local function rolling(meter, value)
  if not value then return { settled = 0, held = 0 } end
  local settled, held, first, length, width = string.match(value, '^(%d+) (%d+) (%d+) (%d+) (%d+)$')
  local head = { settled = tonumber(settled), held = tonumber(held), first = tonumber(first) }
  head.length, head.width = tonumber(length), tonumber(width)
  if head.first + head.width > now then return head end
  local list
  head.settled, head.held, list, head.gone = slotsOf(meter, head.first, head.length, head.width)
  head.first = list[1] and list[1][1]
  return head
end
-- When enough of a rolling window has ended for what is missing; 0 when time alone does not help.
local function roomAt(meter, head, missing)
  if not head.first then return 0 end
  local _, _, list = slotsOf(meter, head.first, head.length, head.width)
  for _, slot in ipairs(list) do
    missing = missing - slot[2]
    if missing <= 0 then return slot[1] + head.width end
  end
  return 0
end

-- Changes are collected, and written by commit all at once.
local sets, drops, slots, heads = {}, {}, {}, {}
local function set(field, value) sets[#sets + 1] = field; sets[#sets + 1] = value end
local function change(meter, window, start, finish, length, settled, held)
  if window == 'rolling' and finish <= now then return end
  local field = slotField(start, meter)
  local slot = slots[field]
  if not slot.there then
    if settled <= 0 and held <= 0 then return end
    slot.there = true
    if window == 'rolling' then call('ZADD', X, 'GT', text(finish), 'r:' .. meter)
    elseif finish > 0 then call('ZADD', X, text(finish + 3 * dayMs), field) end
  end
  slot.changed, slot.kept = true, finish > 0
  slot.settled, slot.held = math.max(least(slot.settled + settled, most), 0), math.max(slot.held + held, 0)
  if window ~= 'rolling' then return end
  local head = heads[meter]
  head.changed, head.length, head.width = true, length, finish - start
  head.settled, head.held = math.max(least(head.settled + settled, most), 0), math.max(head.held + held, 0)
  if not head.first or start < head.first then head.first = start end
end
-- Reads the slots and sums that a row of limits counts in, all at once.
local function look(limits)
  local fields = {}
  for k = 1, #limits, each do
    fields[#fields + 1] = slotField(limits[k + 4], limits[k])
    fields[#fields + 1] = 'r:' .. limits[k]
  end
  if #fields == 0 then return end
  local values = call('HMGET', D, unpack(fields))
  for k = 1, #limits, each do
    local at = (k - 1) / each * 2 + 1
    if not slots[fields[at]] then
      local slot = { there = values[at] and true or false }
      slot.settled, slot.held = counts(values[at])
      slots[fields[at]] = slot
    end
    if limits[k + 2] == 'rolling' and not heads[limits[k]] then heads[limits[k]] = rolling(limits[k], values[at + 1]) end
  end
end
local function inParts(command, list)
  for first = 1, #list, 1000 do call(command, D, unpack(list, first, least(first + 999, #list))) end
end
local function commit()
  seq = seq + 1
  set('seq', text(seq))
  set('now', text(now))
  for field, slot in pairs(slots) do
    if slot.changed and not slot.kept and slot.settled == 0 and slot.held == 0 then drops[#drops + 1] = field
    elseif slot.changed then set(field, text(slot.settled) .. ' ' .. text(slot.held)) end
  end
  for meter, head in pairs(heads) do
    if head.changed then
      for _, gone in ipairs(head.gone or {}) do drops[#drops + 1] = gone end
      set('r:' .. meter, table.concat({ text(head.settled), text(head.held), text(head.first), text(head.length), text(head.width) }, ' '))
    end
  end
  inParts('HDEL', drops)
  inParts('HSET', sets)
end

local bucket = math.floor(now / closedMs)
local function isClosed(id)
  local last = tonumber(top[5] or -9)
  for b = bucket - 1, bucket do
    if last >= b and last <= b + 1 and call('SISMEMBER', C[b % 2 + 1], id) == 1 then return true end
  end
  return false
end
local function addClosed(id)
  local last = tonumber(top[5] or -9)
  local current = C[bucket % 2 + 1]
  if last ~= bucket then
    call('DEL', current)
    if last ~= bucket - 1 then call('DEL', C[(bucket + 1) % 2 + 1]) end
    top[5] = bucket
    set('closed', text(bucket))
  end
  call('SADD', current, id)
  if last ~= bucket then call('PEXPIRE', current, 2 * closedMs + 60000) end
end
-- Numbers that can be large are answered as text: clients round integers near 2^53.
-- A hold as it is told: id, state, seq, when, demand, what it used (or nothing), limits.
local function told(id, hold, state, used)
  local limits = {}
  for k, value in ipairs(hold.limits) do limits[k] = type(value) == 'number' and text(value) or value end
  return { id, state, text(seq), now, text(hold.usd), text(hold.input), text(hold.output),
    used and { used.requests, text(used.nanoUsd), text(used.inputTokens), text(used.outputTokens) } or {}, limits }
end
`;
