/**
 * lease, then for each hold its id and what it is charged with if it expires (3), empty for all that it holds. Answers with
 * the ids that are lost.
 */
export const touchScript = `
local lost, fields, kept, charges = { 'touched' }, {}, {}, {}
for a = 5, #ARGV, 4 do fields[#fields + 1] = 'h:' .. ARGV[a] end
local untilMs = text(now + tonumber(ARGV[4]))
for k, value in ipairs(call('HMGET', D, unpack(fields))) do
  local a = 1 + 4 * k
  if value and sub(value, 1, 1) == '0' then
    kept[#kept + 1] = untilMs
    kept[#kept + 1] = fields[k]
    if ARGV[a + 1] == '' then drops[#drops + 1] = 'p:' .. ARGV[a]
    else
      charges[#charges + 1] = 'p:' .. ARGV[a]
      charges[#charges + 1] = packCharge(a + 1)
    end
  else
    lost[#lost + 1] = ARGV[a]
  end
end
if #kept > 0 then
  call('ZADD', X, 'XX', unpack(kept))
  inParts('HDEL', drops)
  inParts('HSET', charges)
  call('HSET', D, 'now', text(now))
end
return lost
`;
