/**
 * What each script begins with: how far the partition has come, and the time. A partition is four keys of one hash slot:
 *
 * - a hash: `run`, `load`, `ready`, `filling`, `seq`, `now` and `closed` of the partition; `h:<id>` a hold, its state as a digit and
 *   then its demand and limits as MessagePack (once it was `charged` with less than it held, that for its demand); `p:<id>` what it is charged with if it expires,
 *   as three doubles; `s:<start>:<meter>` a slot, as two doubles; `r:<meter>` the sums over the
 *   slots of a rolling window that count, with the newest slot, which has no field of its own;
 * - a sorted set of what becomes due: holds, slots and rolling windows that are over;
 * - two sets of ids that have ended, each for ten minutes, in turn.
 *
 * Time that falls stands still. Nothing is written before all has been looked at.
 */
export const opening = `
local D, call, format, floor = KEYS[1], redis.call, string.format, math.floor
local function text(n) return format('%.0f', n) end
local top = call('HMGET', D, 'run', 'seq', 'now', 'load', 'closed', 'ready', 'filling')
local seq, load = tonumber(top[2] or 0), tonumber(top[4] or 0)
local now = tonumber(ARGV[3])
if not now then
  local time = call('TIME')
  now = time[1] * 1000 + floor(time[2] / 1000)
end
if top[3] and tonumber(top[3]) > now then now = tonumber(top[3]) end
`;

/** What scripts begin with that work on holds and slots. */
export const prelude = `${opening}
local X, C = KEYS[2], { KEYS[3], KEYS[4] }
local most, dayMs, closedMs = 9007199254740991, 86400000, 600000
local sub, pack, unpacked = string.sub, struct.pack, struct.unpack
-- From nothing to the most that can be counted.
local function within(n)
  if n < 0 then return 0 end
  if n > most then return most end
  return n
end

-- A hold's limits stand in a row: slot, sums ('' for what does not roll), quantity, window, amount, start, end (0 for
-- none), length of its slots.
local each = 8
local function unpackHold(value)
  local hold = cmsgpack.unpack(sub(value, 2))
  hold.state = sub(value, 1, 1)
  return hold
end
local function packHold(hold)
  return hold.state .. cmsgpack.pack({ usd = hold.usd, input = hold.input, output = hold.output, limits = hold.limits, charged = hold.charged })
end
-- What a hold is charged with if it expires, of three arguments.
local function packCharge(a)
  return pack('<ddd', tonumber(ARGV[a]), tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2]))
end
local function quantities(usd, input, output, requests)
  return { nanoUsd = usd, inputTokens = input, outputTokens = output, totalTokens = input + output, requests = requests }
end
-- What a hold takes of a limit in a state: settled, held.
local function share(state, of, window, whole, used)
  local parallel = window == 'parallel'
  if state == 'closed' then return parallel and 0 or used[of], 0 end
  if state == '2' then return parallel and 0 or whole[of], 0 end
  if state == '1' and parallel then return 0, 0 end
  return 0, whole[of]
end

local function slotOf(value)
  if not value then return { settled = 0, held = 0, there = false } end
  local settled, held = unpacked('<dd', value)
  return { settled = settled, held = held, there = true }
end
-- The slots of a rolling window, the first in front: those that count, and the fields of those that are over.
local function slotsOf(head, meter)
  local fields, starts, list, gone = {}, {}, {}, {}
  for k = 0, floor(head.width / head.length) + 1 do
    local start = head.first + k * head.length
    if start >= head.newest then break end
    starts[k + 1], fields[k + 1] = start, 's:' .. text(start) .. ':' .. meter
  end
  if #fields > 0 then
    for k, value in ipairs(call('HMGET', D, unpack(fields))) do
      if value and starts[k] + head.width <= now then gone[#gone + 1] = fields[k]
      elseif value then
        local settled, held = unpacked('<dd', value)
        list[#list + 1] = { start = starts[k], settled = settled, held = held }
      end
    end
  end
  if head.newest + head.width > now then
    list[#list + 1] = { start = head.newest, settled = head.newestSettled, held = head.newestHeld }
  end
  return list, gone
end
-- The sums of a rolling window as of now.
local function rolling(field, value)
  if not value then return { settled = 0, held = 0, newest = -1 } end
  local head = {}
  head.settled, head.held, head.first, head.newest, head.newestSettled, head.newestHeld, head.length, head.width =
    unpacked('<dddddddd', value)
  if head.first + head.width > now then return head end
  local list
  list, head.gone = slotsOf(head, sub(field, 3))
  head.settled, head.held = 0, 0
  for _, slot in ipairs(list) do
    head.settled, head.held = within(head.settled + slot.settled), head.held + slot.held
  end
  if not list[1] then return { settled = 0, held = 0, newest = -1, gone = head.gone } end
  head.first = list[1].start
  return head
end
-- When enough of a rolling window will be over for what is missing; 0 when time alone does not help.
local function roomAt(head, field, missing)
  if not head.first then return 0 end
  for _, slot in ipairs((slotsOf(head, sub(field, 3)))) do
    missing = missing - slot.settled - slot.held
    if missing <= 0 then return slot.start + head.width end
  end
  return 0
end

-- Changes are collected, and written by commit all at once.
local sets, drops, slots, heads = {}, {}, {}, {}
local function set(field, value) sets[#sets + 1] = field; sets[#sets + 1] = value end
-- Reads what a row of limits counts in.
local function look(limits)
  local fields, places, older = {}, {}, {}
  for k = 1, #limits, each do
    if limits[k + 3] ~= 'request' then
      fields[#fields + 1] = limits[k + 1] ~= '' and limits[k + 1] or limits[k]
      places[#fields] = k
    end
  end
  if #fields == 0 then return end
  for n, value in ipairs(call('HMGET', D, unpack(fields))) do
    local field, k = fields[n], places[n]
    if limits[k + 1] == '' then
      if not slots[field] then slots[field] = slotOf(value) end
    else
      local head = heads[field]
      if not head then
        head = rolling(field, value)
        heads[field] = head
      end
      if limits[k + 5] < head.newest and not slots[limits[k]] then older[#older + 1] = limits[k] end
    end
  end
  if #older == 0 then return end
  for n, value in ipairs(call('HMGET', D, unpack(older))) do slots[older[n]] = slotOf(value) end
end
-- Changes what the limit at k counts in.
local function change(limits, k, settled, held)
  local field, finish, head, slot = limits[k], limits[k + 6], heads[limits[k + 1]], slots[limits[k]]
  local start = limits[k + 5]
  local isNewest = head and start >= head.newest
  if head and finish <= now then return end
  if settled <= 0 and held <= 0 then
    if isNewest and start > head.newest or not isNewest and not slot.there then return end
  end
  if head then
    if start > head.newest then
      if head.first and head.newestSettled + head.newestHeld > 0 then
        local before = 's:' .. text(head.newest) .. ':' .. sub(limits[k + 1], 3)
        slots[before] = { settled = head.newestSettled, held = head.newestHeld, there = true, changed = true, kept = true }
      end
      head.newest, head.newestSettled, head.newestHeld, head.length, head.width = start, 0, 0, limits[k + 7], finish - start
      call('ZADD', X, 'GT', text(finish), limits[k + 1])
    end
    if not head.first or start < head.first then head.first = start end
    head.changed, head.settled, head.held = true, within(head.settled + settled), within(head.held + held)
    if isNewest then
      head.newestSettled, head.newestHeld = within(head.newestSettled + settled), within(head.newestHeld + held)
      return
    end
  elseif not slot.there and finish > 0 then
    call('ZADD', X, text(finish + 3 * dayMs), field)
  end
  slot.there, slot.changed, slot.kept = true, true, finish > 0
  slot.settled, slot.held = within(slot.settled + settled), within(slot.held + held)
end
local function inParts(command, list)
  for first = 1, #list, 1000 do call(command, D, unpack(list, first, math.min(first + 999, #list))) end
end
local function commit()
  seq = seq + 1
  set('seq', text(seq))
  set('now', text(now))
  for field, slot in pairs(slots) do
    if slot.changed and not slot.kept and slot.settled == 0 and slot.held == 0 then drops[#drops + 1] = field
    elseif slot.changed then set(field, pack('<dd', slot.settled, slot.held)) end
  end
  for field, head in pairs(heads) do
    if head.changed then
      for _, gone in ipairs(head.gone or {}) do drops[#drops + 1] = gone end
      set(field, pack('<dddddddd', head.settled, head.held, head.first, head.newest, head.newestSettled,
        head.newestHeld, head.length, head.width))
    end
  end
  inParts('HDEL', drops)
  inParts('HSET', sets)
end

local bucket = floor(now / closedMs)
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
-- A hold as it is told, closed where it is told what it used: id, state, seq, when, demand, what it used (or nothing), limits by meter. Numbers that can be
-- large are told as text: clients round integers near 2^53.
local names = { ['0'] = 'held', ['1'] = 'lapsed', ['2'] = 'expired' }
local function told(id, hold, used)
  local limits, row = {}, hold.limits
  for k = 1, #row, each do
    limits[#limits + 1] = { string.match(row[k], '^s:%d+:(.*)$'), row[k + 2], row[k + 3], text(row[k + 4]),
      row[k + 5], row[k + 6] }
  end
  local state = used and 'closed' or names[hold.state]
  if state == 'expired' and hold.charged then used = quantities(hold.usd, hold.input, hold.output, 1) end
  return { id, state, text(seq), now, text(hold.usd), text(hold.input), text(hold.output),
    used and { used.requests, text(used.nanoUsd), text(used.inputTokens), text(used.outputTokens) } or {}, limits }
end
`;

/** What a script checks that works on what a partition holds: that it was filled in this run, and is not from before. */
export const fence = `
if ARGV[1] ~= '' and (top[1] ~= ARGV[1] or seq < tonumber(ARGV[2])) then return { 'fenced', 0 } end
`;

/** The same for a script whose caller can fill the partition: of several that come one is told to, for a second. */
export const fillingFence = `
if ARGV[1] ~= '' and (top[1] ~= ARGV[1] or seq < tonumber(ARGV[2])) then
  local untilMs = tonumber(top[7] or 0)
  if now < untilMs and untilMs <= now + 1000 then return { 'fenced', 0 } end
  call('HSET', D, 'filling', text(now + 1000))
  return { 'fenced', 1 }
end
`;
