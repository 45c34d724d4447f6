/** id, demand (3), lease, then six for each rule: meter, quantity, window, amount, and start and end or length and ms. */
export const reserveScript = `
local id, usd, input, output, lease = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
if call('HEXISTS', D, 'h:' .. id) == 1 then return { 'held', text(seq), now, load } end
if isClosed(id) then return { 'closed' } end
if top[6] and now < tonumber(top[6]) then return { 'fenced' } end
local need, limits = quantities(usd, input, output, 1), {}
for a = 9, #ARGV, 6 do
  local window, start, finish, length = ARGV[a + 2], 0, 0, 0
  if window == 'calendar' then
    start, finish = tonumber(ARGV[a + 4]), tonumber(ARGV[a + 5])
    if now < start or now >= finish then return { 'period', now } end
  elseif window == 'rolling' then
    length = tonumber(ARGV[a + 4])
    start = math.floor(now / length) * length
    finish = start + length + tonumber(ARGV[a + 5])
  end
  local k = #limits
  limits[k + 1], limits[k + 2], limits[k + 3], limits[k + 4] = ARGV[a], ARGV[a + 1], window, tonumber(ARGV[a + 3])
  limits[k + 5], limits[k + 6], limits[k + 7] = start, finish, length
end
look(limits)
local refused = { 'refused' }
for k = 1, #limits, each do
  local meter, wanted, window, amount = limits[k], need[limits[k + 1]], limits[k + 2], limits[k + 3]
  local counted = { settled = 0, held = 0 }
  if window == 'rolling' then counted = heads[meter]
  elseif window ~= 'request' then counted = slots[slotField(limits[k + 4], meter)] end
  local whole = counted.settled + counted.held + wanted
  if wanted > 0 and whole > amount then
    local resets = limits[k + 5]
    if wanted > amount then resets = 0
    elseif window == 'rolling' then resets = roomAt(meter, counted, whole - amount) end
    refused[#refused + 1] = { (k - 1) / each, text(counted.settled), text(counted.held), resets, text(wanted) }
  end
end
if #refused > 1 then return refused end
for k = 1, #limits, each do
  if limits[k + 2] ~= 'request' then
    change(limits[k], limits[k + 2], limits[k + 4], limits[k + 5], limits[k + 6], 0, need[limits[k + 1]])
  end
end
set('h:' .. id, packHold({ state = '0', usd = usd, input = input, output = output, limits = limits }))
call('ZADD', X, text(now + lease), 'h:' .. id)
commit()
return { 'held', text(seq), now, load }
`;
