declare module "mistral-tokenizer-js" {
  const tokenizer: { encode(text: string, addBeginning: boolean, addSpace: boolean): number[] };
  export default tokenizer;
}
