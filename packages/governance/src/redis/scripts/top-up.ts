/** id, what is added (3). */
export const topUpScript = `
local id, usd, input, output = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local value = call('HGET', D, 'h:' .. id)
if not value or sub(value, 1, 1) ~= '0' then return { 'lost' } end
if top[6] and now < tonumber(top[6]) then return { 'settling' } end
local hold = unpackHold(value)
local more = quantities(usd, input, output, 0)
hold.usd, hold.input, hold.output = hold.usd + usd, hold.input + input, hold.output + output
local whole = quantities(hold.usd, hold.input, hold.output, 1)
local limits = hold.limits
look(limits)
local refused = { 'refused' }
for k = 1, #limits, each do
  local wanted, window, amount, finish = more[limits[k + 2]], limits[k + 3], limits[k + 4], limits[k + 6]
  local counted, over = heads[limits[k + 1]] or slots[limits[k]], finish > 0 and finish <= now
  if window == 'request' then wanted = whole[limits[k + 2]]
  elseif window == 'rolling' and over then wanted = 0 end
  local sum = wanted
  if counted then sum = counted.settled + counted.held + wanted end
  if wanted > 0 and sum > amount then
    local resets = finish
    if wanted > amount or over then resets = 0
    elseif window == 'rolling' then resets = roomAt(counted, limits[k + 1], sum - amount) end
    refused[#refused + 1] = { string.match(limits[k], '^s:%d+:(.*)$'), text(amount), counted and text(counted.settled) or 0,
      counted and text(counted.held) or 0, resets, text(wanted) }
  end
end
if #refused > 1 then return refused end
for k = 1, #limits, each do
  local wanted = more[limits[k + 2]]
  if limits[k + 3] ~= 'request' and wanted > 0 then change(limits, k, 0, wanted) end
end
set('h:' .. id, packHold(hold))
drops[#drops + 1] = 'p:' .. id
commit()
return { 'held', text(seq), now, load, told(id, hold) }
`;
