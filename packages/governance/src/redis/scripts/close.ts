/**
 * id, requests (0 gives it back), what was used (3), whether an unknown id is to be known as closed, whether the hold is to
 * be told.
 */
export const closeScript = `
local id = ARGV[4]
local used = quantities(tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[5]))
local value = call('HGET', D, 'h:' .. id)
if not value then
  if isClosed(id) then return { 'already' } end
  if ARGV[9] == '1' then
    addClosed(id)
    commit()
  end
  return { 'unknown' }
end
local hold = unpackHold(value)
local whole, limits = quantities(hold.usd, hold.input, hold.output, 1), hold.limits
look(limits)
for k = 1, #limits, each do
  local of, window = limits[k + 2], limits[k + 3]
  if window ~= 'request' then
    local settled, held = share(hold.state, of, window, whole)
    change(limits, k, share('closed', of, window, whole, used) - settled, -held)
  end
end
drops[#drops + 1] = 'h:' .. id
drops[#drops + 1] = 'p:' .. id
call('ZREM', X, 'h:' .. id)
addClosed(id)
commit()
return { 'done', text(seq), now, load, ARGV[10] == '1' and told(id, hold, used) or {} }
`;
