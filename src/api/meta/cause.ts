/** One thing that is wrong with an object, as in `Status.details.causes`. */
export interface Cause {
  /** Where: `spec.items[0].count`. */
  readonly field?: string;
  /** The API's word for the sort of mistake, such as `FieldValueRequired`. */
  readonly reason?: string;
  readonly message: string;
}
