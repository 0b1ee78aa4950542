/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smtp;

/**
 * The argument of BDAT: how long the chunk is, and whether it is the last one.
 *
 * @param bytes of the chunk, or -1 when it cannot be followed
 * @param isLast whether the mail ends with it
 * @param weird the name of what is weird, or an empty text
 * @param detail what exactly
 * @see "RFC 3030 section 2; Zeek: src/analyzer/protocol/smtp/BDAT.cc"
 */
record ChunkSize(long bytes, boolean isLast, String weird, String detail) {

  /** The longest number of 64 bits, and " LAST". */
  private static final int ARGUMENT_MAX = 25;

  private static final String LAST = " LAST";

  /** Reads an argument. */
  static ChunkSize of(String argument) {
    if (argument.isEmpty() || argument.length() > ARGUMENT_MAX) {
      return invalid("BDAT argument bad length");
    }
    int digits = 0;
    while (digits < argument.length() && isDigit(argument.charAt(digits))) {
      digits++;
    }
    if (digits == 0) {
      return invalid("BDAT not followed by a valid chunk-size");
    }
    String rest = argument.substring(digits);
    if (!rest.isEmpty() && rest.charAt(0) != ' ') {
      return invalid("BDAT chunk-size not valid");
    }
    long bytes;
    try {
      bytes = Long.parseUnsignedLong(argument, 0, digits, 10);
    } catch (NumberFormatException e) {
      return invalid("BDAT chunk-size too large");
    }
    boolean last = rest.equalsIgnoreCase(LAST);
    if (!rest.isEmpty() && !last) {
      return invalid("BDAT chunk-size followed by junk");
    }
    return bytes < 0
        ? new ChunkSize(-1, last, "smtp_huge_bdat_chunk", Long.toUnsignedString(bytes))
        : new ChunkSize(bytes, last, "", "");
  }

  private static ChunkSize invalid(String detail) {
    return new ChunkSize(-1, /* isLast= */ false, "smtp_invalid_bdat_command", detail);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
