"""Officers' registers (登记表): spreadsheets in, validated commands out, whole file or nothing."""
