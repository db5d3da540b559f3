// The public surface: what is not listed here cannot be reached.
export {};
