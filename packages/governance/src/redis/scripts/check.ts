/** Nothing more. Says that the partition is as it was left. */
export const checkScript = `
return { 'there' }
`;
