/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.postgresql;

/**
 * Codes in Zeek's words.
 *
 * @see "PostgreSQL: Error and Notice Message Fields"
 */
final class PostgresqlNames {

  private PostgresqlNames() {}

  static String authentication(int kind) {
    return switch (kind) {
      case 2 -> "KerberosV5";
      case 3 -> "CleartextPassword";
      case 5 -> "MD5Password";
      case 7 -> "GSSAPI";
      case 8 -> "GSSAPIContinue";
      case 9 -> "SSPI";
      case 10 -> "SASL";
      case 11 -> "SASLContinue";
      case 12 -> "SASLFinal";
      default -> "UnknownAuthId" + kind;
    };
  }

  static String field(int letter) {
    return switch (letter) {
      case 'S' -> "SeverityLocalized";
      case 'V' -> "Severity";
      case 'C' -> "Code";
      case 'M' -> "Message";
      case 'D' -> "Detail";
      case 'H' -> "Hint";
      case 'P' -> "Position";
      case 'p' -> "InternalPosition";
      case 'q' -> "InternalQuery";
      case 'W' -> "Where";
      case 's' -> "Schema";
      case 't' -> "Table";
      case 'c' -> "Column";
      case 'd' -> "Data";
      case 'n' -> "Constraint";
      case 'F' -> "File";
      case 'L' -> "Line";
      case 'R' -> "Routine";
      default -> "UnknownErrorId" + (char) letter;
    };
  }
}
