/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http.framing;

import org.jspecify.annotations.Nullable;

/**
 * HPACK's Huffman code. It is canonical: the lengths of the codes say what the codes are.
 *
 * @see "RFC 7541 section 5.2 and appendix B"
 */
public final class Huffman {

  private static final int END_OF_STRING = 256;
  private static final int LENGTH_MIN = 5;
  private static final int LENGTH_MAX = 30;
  private static final int TEXT_MAX = 32 << 10;

  /** For each byte, and for the end, the length of its code: A is {@value #LENGTH_MIN}. */
  private static final String LENGTHS =
      "ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHF"
          + "IBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJBKABABABBBACCBBBABCBAABCCCCCKGJIX"
          + "PRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRS"
          + "VVPORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWV"
          + "Z";

  /** For each length its first code, and where its symbols begin in {@link #SYMBOLS}. */
  private static final int[] FIRST_CODES = new int[LENGTH_MAX + 2];

  private static final int[] FIRST_SYMBOLS = new int[LENGTH_MAX + 2];

  /** Symbols by length, then by value. */
  private static final int[] SYMBOLS = new int[LENGTHS.length()];

  static {
    int code = 0;
    int count = 0;
    for (int length = LENGTH_MIN; length <= LENGTH_MAX; length++) {
      code <<= 1;
      FIRST_CODES[length] = code;
      FIRST_SYMBOLS[length] = count;
      for (int symbol = 0; symbol < LENGTHS.length(); symbol++) {
        if (LENGTHS.charAt(symbol) - 'A' + LENGTH_MIN == length) {
          SYMBOLS[count++] = symbol;
          code++;
        }
      }
    }
    FIRST_SYMBOLS[LENGTH_MAX + 1] = count;
  }

  private Huffman() {}

  /** Returns the text, or null when the bytes are no code. */
  public static @Nullable String decode(byte[] bytes, int offset, int length) {
    StringBuilder text = new StringBuilder(length * 8 / LENGTH_MIN);
    int code = 0;
    int bits = 0;
    for (int i = offset; i < offset + length; i++) {
      for (int shift = 7; shift >= 0; shift--) {
        code = code << 1 | (bytes[i] >>> shift & 1);
        bits++;
        int symbol = symbol(code, bits);
        if (symbol == END_OF_STRING || bits > LENGTH_MAX || text.length() > TEXT_MAX) {
          return null;
        }
        if (symbol >= 0) {
          text.append((char) symbol);
          code = 0;
          bits = 0;
        }
      }
    }
    boolean padded = bits < 8 && code == (1 << bits) - 1;
    return padded ? text.toString() : null;
  }

  private static int symbol(int code, int bits) {
    if (bits < LENGTH_MIN) {
      return -1;
    }
    int at = FIRST_SYMBOLS[bits] + code - FIRST_CODES[bits];
    return code >= FIRST_CODES[bits] && at < FIRST_SYMBOLS[bits + 1] ? SYMBOLS[at] : -1;
  }
}
