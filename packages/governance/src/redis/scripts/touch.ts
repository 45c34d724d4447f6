/** lease, ids. Answers with the ids that are lost. */
export const touchScript = `
local lost, fields, kept = { 'touched' }, {}, {}
for a = 5, #ARGV do fields[#fields + 1] = 'h:' .. ARGV[a] end
local untilMs = text(now + tonumber(ARGV[4]))
for k, value in ipairs(call('HMGET', D, unpack(fields))) do
  if value and string.sub(value, 1, 1) == '0' then
    kept[#kept + 1] = untilMs
    kept[#kept + 1] = fields[k]
  else
    lost[#lost + 1] = ARGV[k + 4]
  end
end
if #kept > 0 then
  call('ZADD', X, 'XX', unpack(kept))
  call('HSET', D, 'now', text(now))
end
return lost
`;
