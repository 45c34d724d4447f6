/**
 * id, demand (3), lease, what it is charged with if it expires (3, empty for all that it holds), then six for each rule:
 * meter, quantity, window, amount, and start and end or length and ms.
 */
export const reserveScript = `
local id, usd, input, output, lease = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local there = call('HGET', D, 'h:' .. id)
if there then return { 'held', text(seq), now, load, told(id, unpackHold(there)) } end
if isClosed(id) then return { 'closed' } end
if top[6] and now < tonumber(top[6]) then return { 'settling' } end
local need, limits, k, texts = quantities(usd, input, output, 1), {}, 1, {}
for a = 12, #ARGV, 6 do
  local meter, window, start, finish, length, head = ARGV[a], ARGV[a + 2], 0, 0, 0, ''
  local startText = '0'
  if window == 'calendar' then
    startText, start, finish = ARGV[a + 4], tonumber(ARGV[a + 4]), tonumber(ARGV[a + 5])
    if now < start or now >= finish then return { 'period', now } end
  elseif window == 'rolling' then
    head, length = 'r:' .. meter, tonumber(ARGV[a + 4])
    start = floor(now / length) * length
    finish = start + length + tonumber(ARGV[a + 5])
    startText = texts[length] or text(start)
    texts[length] = startText
  end
  limits[k], limits[k + 1], limits[k + 2], limits[k + 3] = 's:' .. startText .. ':' .. meter, head, ARGV[a + 1], window
  limits[k + 4], limits[k + 5], limits[k + 6], limits[k + 7] = tonumber(ARGV[a + 3]), start, finish, length
  k = k + each
end
look(limits)
local refused = { 'refused' }
for k = 1, #limits, each do
  local wanted, window, amount = need[limits[k + 2]], limits[k + 3], limits[k + 4]
  local counted = heads[limits[k + 1]] or slots[limits[k]]
  local whole = wanted
  if counted then whole = counted.settled + counted.held + wanted end
  if wanted > 0 and whole > amount then
    local resets = limits[k + 6]
    if wanted > amount then resets = 0
    elseif window == 'rolling' then resets = roomAt(counted, limits[k + 1], whole - amount) end
    refused[#refused + 1] = { (k - 1) / each, counted and text(counted.settled) or 0, counted and text(counted.held) or 0,
      resets, text(wanted) }
  end
end
if #refused > 1 then return refused end
for k = 1, #limits, each do
  if limits[k + 3] ~= 'request' then change(limits, k, 0, need[limits[k + 2]]) end
end
set('h:' .. id, packHold({ state = '0', usd = usd, input = input, output = output, limits = limits }))
if ARGV[9] ~= '' then set('p:' .. id, packCharge(9)) end
call('ZADD', X, text(now + lease), 'h:' .. id)
commit()
return { 'held', text(seq), now, load }
`;
