//! Words that a database takes for something else than a name.

/// Whether a name is a word that SQL's standard and a dialect, or a dialect alone, reserve: written without quotes it is a literal, such as
/// `null`, the result of a function, such as `user`, or a syntax error.
pub(crate) fn is_reserved(name: &str) -> bool {
    WORDS.binary_search(&name.to_ascii_uppercase().as_str()).is_ok()
}

/// Reserved words of all dialects, in the order of their letters. A word that only the standard reserves is a name in each of them.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "ACCOUNT", "ADD", "ALL", "ALTER", "ANALYSE", "ANALYZE", "AND", "ANTI", "ANY", "ARRAY", "AS", "ASC", "ASOF",
    "ASSERT_ROWS_MODIFIED", "ASYMMETRIC", "AT", "AUTHORIZATION", "BACKUP", "BEGIN", "BETWEEN", "BINARY", "BOTH",
    "BREAK", "BROWSE", "BULK", "BY", "CASCADE", "CASE", "CAST", "CHECK", "CHECKPOINT", "CLOSE", "CLUSTERED",
    "COALESCE", "COLLATE", "COLLATION", "COLUMN", "COMMIT", "COMPUTE", "CONCURRENTLY", "CONNECT", "CONNECTION",
    "CONSTRAINT", "CONTAINS", "CONTAINSTABLE", "CONTINUE", "CONVERT", "CREATE", "CROSS", "CUBE", "CURRENT",
    "CURRENT_CATALOG", "CURRENT_DATE", "CURRENT_PATH", "CURRENT_ROLE", "CURRENT_SCHEMA", "CURRENT_TIME",
    "CURRENT_TIMESTAMP", "CURRENT_USER", "CURSOR", "DATABASE", "DBCC", "DEALLOCATE", "DECLARE", "DEFAULT",
    "DEFERRABLE", "DEFINE", "DELETE", "DENY", "DESC", "DESCRIBE", "DISK", "DISTINCT", "DISTRIBUTED", "DO", "DOUBLE",
    "DROP", "DUMP", "ELSE", "END", "ENUM", "ERRLVL", "ESCAPE", "EXCEPT", "EXCLUDE", "EXEC", "EXECUTE", "EXISTS",
    "EXIT", "EXTERNAL", "EXTRACT", "FALSE", "FETCH", "FILE", "FILLFACTOR", "FILTER", "FINAL", "FOLLOWING", "FOR",
    "FOREIGN", "FORMAT", "FREETEXT", "FREETEXTTABLE", "FREEZE", "FROM", "FULL", "FUNCTION", "GENERATED", "GLOB",
    "GLOBAL", "GOTO", "GRANT", "GRAPH_TABLE", "GROUP", "GROUPING", "GROUPS", "GSCLUSTER", "HASH", "HAVING",
    "HOLDLOCK", "IDENTITY", "IDENTITYCOL", "IDENTITY_INSERT", "IF", "IGNORE", "ILIKE", "IN", "INCREMENT", "INDEX",
    "INF", "INITIALLY", "INNER", "INSERT", "INTERSECT", "INTERVAL", "INTO", "IS", "ISNULL", "ISSUE", "JOIN",
    "JSON_ARRAY", "JSON_EXISTS", "JSON_OBJECT", "JSON_QUERY", "JSON_TABLE", "JSON_VALUE", "KEY", "KILL", "LAMBDA",
    "LATERAL", "LEADING", "LEFT", "LIKE", "LIMIT", "LINENO", "LISTAGG", "LOAD", "LOCALTIME", "LOCALTIMESTAMP",
    "LOOKUP", "MAP", "MERGE", "MINUS", "NAN", "NATIONAL", "NATURAL", "NEW", "NO", "NOCHECK", "NONCLUSTERED",
    "NORMALIZE", "NOT", "NOTNULL", "NULL", "NULLIF", "NULLS", "OF", "OFF", "OFFSET", "OFFSETS", "ON", "ONLY", "OPEN",
    "OPENDATASOURCE", "OPENQUERY", "OPENROWSET", "OPENXML", "OPTION", "OR", "ORDER", "ORGANIZATION", "OUTER", "OVER",
    "OVERLAPS", "PARTITION", "PERCENT", "PIVOT", "PIVOT_LONGER", "PIVOT_WIDER", "PLACING", "PLAN", "POSITIONAL",
    "PRECEDING", "PRECISION", "PREPARE", "PREWHERE", "PRIMARY", "PRINT", "PROC", "PROCEDURE", "PROTO", "PUBLIC",
    "QUALIFY", "RAISERROR", "RANGE", "READ", "READTEXT", "RECONFIGURE", "RECURSIVE", "REFERENCES", "REGEXP",
    "REPLICATION", "RESPECT", "RESTORE", "RESTRICT", "RETURN", "RETURNING", "REVERT", "REVOKE", "RIGHT", "RLIKE",
    "ROLLBACK", "ROLLUP", "ROW", "ROWCOUNT", "ROWGUIDCOL", "ROWS", "RULE", "SAMPLE", "SAVE", "SCHEMA",
    "SECURITYAUDIT", "SELECT", "SEMANTICKEYPHRASETABLE", "SEMANTICSIMILARITYDETAILSTABLE", "SEMANTICSIMILARITYTABLE",
    "SEMI", "SESSION_USER", "SET", "SETTINGS", "SETUSER", "SHOW", "SHUTDOWN", "SIMILAR", "SKIP", "SOME", "SQL",
    "START", "STATISTICS", "STRUCT", "SUMMARIZE", "SYMMETRIC", "SYSTEM_USER", "TABLE", "TABLESAMPLE", "TEXTSIZE",
    "THEN", "TIME", "TO", "TOP", "TRAILING", "TRAN", "TRANSACTION", "TREAT", "TRIGGER", "TRIM", "TRUE", "TRUNCATE",
    "TRY_CAST", "TRY_CONVERT", "TSEQUAL", "UESCAPE", "UNBOUNDED", "UNION", "UNIQUE", "UNKNOWN", "UNNEST", "UNPACK",
    "UNPIVOT", "UPDATE", "UPDATETEXT", "USE", "USER", "USING", "VALUES", "VARIADIC", "VARYING", "VERBOSE", "VIEW",
    "WAITFOR", "WHEN", "WHENEVER", "WHERE", "WHILE", "WINDOW", "WITH", "WITHIN", "WRITETEXT",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found() {
        assert!(WORDS.is_sorted() && WORDS.iter().all(|word| is_reserved(word) && is_reserved(&word.to_lowercase())));
        assert!(!is_reserved("mark") && !is_reserved("cohort") && !is_reserved("value"));
    }
}
