/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import java.util.Arrays;

/** Offsets of characters for the parser's indices, which count code points. */
final class CodePoints {

  /** Indices of the code points of two characters, ascending. */
  private final int[] wide;

  CodePoints(String text) {
    int count = text.length() - text.codePointCount(0, text.length());
    wide = new int[count];
    for (int i = 0, found = 0; found < count; i++) {
      if (Character.isHighSurrogate(text.charAt(i))
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        wide[found] = i - found;
        found++;
        i++;
      }
    }
  }

  /** Returns the offset of the code point of an index. */
  int offset(int index) {
    if (wide.length == 0) {
      return index;
    }
    int before = Arrays.binarySearch(wide, index);
    return index + (before < 0 ? -before - 1 : before);
  }
}
