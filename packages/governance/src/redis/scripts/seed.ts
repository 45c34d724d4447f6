/**
 * epoch, how long no request is admitted yet, lease, grace, and as JSON: slots (meter, window, start, end, length of its
 * slots, settled) and holds (id, state, demand (3), limits as in a reply with the length of their slots). Takes the place
 * of what is there, unless that is of this epoch or a later one.
 */
export const seedScript = `
local epoch = tonumber(ARGV[4])
if top[1] == ARGV[1] and seq >= tonumber(ARGV[2]) and load >= epoch then return { 'stale' } end
local lease, grace, state = tonumber(ARGV[6]), tonumber(ARGV[7]), cjson.decode(ARGV[8])
-- What owners have told is still true where this Redis has been there since, and is lost with what it has lost.
local charges = {}
if top[1] == ARGV[1] then
  for _, one in ipairs(state.holds) do
    local told = (one[2] == '0' or one[2] == '1') and call('HGET', D, 'p:' .. one[1])
    if told then
      charges[#charges + 1] = 'p:' .. one[1]
      charges[#charges + 1] = told
    end
  end
end
call('DEL', D, X, C[1], C[2])
inParts('HSET', charges)
local function place(meter, window, start, finish, length)
  local field, head = 's:' .. text(start) .. ':' .. meter, window == 'rolling' and 'r:' .. meter or ''
  slots[field] = slots[field] or slotOf(false)
  if head ~= '' then heads[head] = heads[head] or rolling(head, false) end
  return field, head
end
for _, slot in ipairs(state.slots) do
  local meter, window, start, finish, length, settled = unpack(slot)
  local field, head = place(meter, window, start, finish, length)
  change({ field, head, '', window, 0, start, finish, length }, 1, settled, 0)
end
for _, one in ipairs(state.holds) do
  local id, code, usd, input, output, limits, charged = unpack(one)
  local whole, row = quantities(usd, input, output, 1), {}
  for _, limit in ipairs(limits) do
    local meter, of, window, amount, start, finish, length = unpack(limit)
    local k = #row + 1
    row[k], row[k + 1] = place(meter, window, start, finish, length)
    row[k + 2], row[k + 3], row[k + 4], row[k + 5], row[k + 6], row[k + 7] = of, window, amount, start, finish, length
    if window ~= 'request' then
      local _, held = share(code, of, window, whole)
      change(row, k, 0, held)
    end
  end
  set('h:' .. id, packHold({ state = code, usd = usd, input = input, output = output, limits = row,
    charged = charged == 1 or nil }))
  local left = code == '0' and lease or code == '1' and grace or 2 * dayMs
  call('ZADD', X, text(now + left), 'h:' .. id)
end
seq = math.max(seq, epoch * 4294967296)
set('run', ARGV[1])
set('load', text(epoch))
set('ready', text(now + tonumber(ARGV[5])))
commit()
return { 'seeded', text(seq), now, epoch }
`;
