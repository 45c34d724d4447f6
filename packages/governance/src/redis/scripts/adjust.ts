/**
 * The epoch it is for, then for each slot: meter, window, start, end, length of its slots, and what to add to settled and to
 * held.
 */
export const adjustScript = `
if load ~= tonumber(ARGV[4]) then return { 'fenced' } end
for a = 5, #ARGV, 7 do
  local meter, window, start = ARGV[a], ARGV[a + 1], tonumber(ARGV[a + 2])
  local row = { 's:' .. text(start) .. ':' .. meter, window == 'rolling' and 'r:' .. meter or '', '', window, 0, start,
    tonumber(ARGV[a + 3]), tonumber(ARGV[a + 4]) }
  look(row)
  change(row, 1, tonumber(ARGV[a + 5]), tonumber(ARGV[a + 6]))
end
commit()
return { 'adjusted', text(seq), now, load }
`;
