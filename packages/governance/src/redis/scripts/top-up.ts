/** id, what is added (3). */
export const topUpScript = `
local id, usd, input, output = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local value = call('HGET', D, 'h:' .. id)
if not value or string.sub(value, 1, 1) ~= '0' then return { 'lost' } end
local hold = unpackHold(value)
local more = quantities(usd, input, output, 0)
hold.usd, hold.input, hold.output = hold.usd + usd, hold.input + input, hold.output + output
local whole = quantities(hold.usd, hold.input, hold.output, 1)
local limits = hold.limits
look(limits)
local refused = { 'refused' }
for k = 1, #limits, each do
  local meter, of, window, amount, finish = limits[k], limits[k + 1], limits[k + 2], limits[k + 3], limits[k + 5]
  local wanted, counted, over = more[of], { settled = 0, held = 0 }, finish > 0 and finish <= now
  if window == 'request' then wanted = whole[of]
  elseif window ~= 'rolling' then counted = slots[slotField(limits[k + 4], meter)]
  elseif over then wanted = 0
  else counted = heads[meter] end
  local sum = counted.settled + counted.held + wanted
  if wanted > 0 and sum > amount then
    local resets = finish
    if wanted > amount or over then resets = 0
    elseif window == 'rolling' then resets = roomAt(meter, counted, sum - amount) end
    refused[#refused + 1] = { meter, text(amount), text(counted.settled), text(counted.held), resets, text(wanted) }
  end
end
if #refused > 1 then return refused end
for k = 1, #limits, each do
  local wanted = more[limits[k + 1]]
  if limits[k + 2] ~= 'request' and wanted > 0 then
    change(limits[k], limits[k + 2], limits[k + 4], limits[k + 5], limits[k + 6], 0, wanted)
  end
end
set('h:' .. id, packHold(hold))
commit()
return { 'held', text(seq), now, load, told(id, hold, hold.state) }
`;
