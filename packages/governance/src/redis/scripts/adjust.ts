/**
 * The epoch it is for, then for each slot: meter, window, start, end, length of its slots, what to add to settled, and whether
 * that is to be taken away.
 */
export const adjustScript = `
if load ~= tonumber(ARGV[4]) then return { 'fenced' } end
for a = 5, #ARGV, 7 do
  local meter, window, start, by = ARGV[a], ARGV[a + 1], tonumber(ARGV[a + 2]), tonumber(ARGV[a + 5])
  local row = { 's:' .. text(start) .. ':' .. meter, window == 'rolling' and 'r:' .. meter or '', '', window, 0, start,
    tonumber(ARGV[a + 3]), tonumber(ARGV[a + 4]) }
  look(row)
  change(row, 1, ARGV[a + 6] == '1' and -by or by, 0)
end
commit()
return { 'adjusted', text(seq), now, load }
`;
