/** What is sold: by a sale at a fixed price, by an auction to the highest bid. */
export interface Item {
  readonly title: string;
  readonly description: string;
}
