/** What is told of tables that are not as they should be, where one database differs from another: its rights, above all. */
export type SchemaAdvice = {
  /** What follows the name of a table that cannot be seen. */
  readonly missing: string
  /** What to do then, as the other hints here. */
  readonly forMissingTable: string
  readonly forMissingColumns: string
  /** Where the database let no table be made. */
  readonly forRefusedTable: string
  /** Where it let no column be added. */
  readonly forRefusedColumns: string
}
