/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.redis;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads one end's values one after another, in whatever pieces they come.
 *
 * <p>A value becomes text as in Zeek: lists in brackets, sets in parentheses, maps in braces;
 * attributes are left out, and what is longer than {@value #TEXT_MAX} characters is cut.
 */
final class ValueReader {

  private static final int DEPTH_MAX = 32;
  private static final int LINE_MAX = 64 << 10;

  /** Characters of one value kept, as in Zeek, and elements of the outermost list. */
  static final int TEXT_MAX = 250;

  private static final int WORDS_MAX = 8;

  /** Heap of this object and of its places for open values. */
  private static final long BYTES = 232 + DEPTH_MAX * (2 + 8 + 8 + 4);

  private final Gather lines;
  private final HeldHeap held;
  private final StringBuilder text = new StringBuilder();
  private final List<String> words = new ArrayList<>();

  /** Of each value that is open: its sign, elements to come, elements seen, where text began. */
  private final char[] signs = new char[DEPTH_MAX];

  private final long[] left = new long[DEPTH_MAX];
  private final long[] seen = new long[DEPTH_MAX];
  private final int[] starts = new int[DEPTH_MAX];
  private int depth;
  private char sign;
  private long bulkLeft = -1;
  private boolean bulkIsWord;
  private final StringBuilder bulk = new StringBuilder();
  private boolean broken;
  private boolean complete;

  /** Elements of the outermost list, and the last of them as a number. */
  private long outerCount;

  private long lastNumber;

  /** Whether bytes of the value are missing, and of which of its words. */
  private boolean isTextLost;

  private int lostWord = Integer.MAX_VALUE;

  ValueReader(HeapAccount account) {
    lines = new Gather(LINE_MAX, account);
    held = new HeldHeap(account);
    held.set(BYTES);
  }

  /** Returns whether the bytes are no values at all. */
  boolean isBroken() {
    return broken;
  }

  /** Returns the first byte of the value that was read. */
  char sign() {
    return sign;
  }

  /** Returns the value that was read. */
  String text() {
    return text.toString();
  }

  /** Returns whether bytes of the value that was read are missing. */
  boolean isTextLost() {
    return isTextLost;
  }

  /** Returns which of {@link #words} is the first one that is not whole. */
  int lostWord() {
    return lostWord;
  }

  /** Returns how many elements the list has that was read. */
  long count() {
    return outerCount;
  }

  /** Returns the last element of the list that was read, as a number; 0 when it is none. */
  long lastNumber() {
    return lastNumber;
  }

  /** Forgets all: what comes next begins a value. */
  void reset() {
    lines.clear();
    depth = 0;
    bulkLeft = -1;
    bulk.setLength(0);
    broken = false;
    complete = true; // so that the next one begins anew
  }

  /**
   * Leaves out bytes that are missing, when they lie inside of a text.
   *
   * @return false when where the next value begins is unknown now
   */
  boolean gap(long length) {
    if (complete || bulkLeft < 0 || length >= bulkLeft) {
      return false; // the line end behind the text is needed to go on
    }
    bulkLeft -= length;
    isTextLost = true;
    if (bulkIsWord) {
      lostWord = Math.min(lostWord, words.size());
    }
    return true;
  }

  /** Returns the first elements of the list that was read, as far as they are texts. */
  List<String> words() {
    return words;
  }

  /**
   * Takes bytes until a value is complete.
   *
   * @return whether one is; else more must come
   */
  boolean read(Payload data) {
    if (complete) {
      complete = false;
      text.setLength(0);
      words.clear();
      isTextLost = false;
      lostWord = Integer.MAX_VALUE;
      outerCount = 0;
      lastNumber = 0;
    }
    while (!data.isEmpty() && !broken && !complete) {
      if (bulkLeft >= 0) {
        bulk(data);
      } else {
        Payload line = lines.takeLine(data);
        if (line != null) {
          header(line);
        } else if (lines.isFull()) {
          broken = true;
        }
      }
    }
    held.set(BYTES + text.capacity() + bulk.capacity() + HeapSize.texts(words));
    return complete;
  }

  private void header(Payload line) {
    char kind = (char) line.u8(0);
    if (depth == 0) {
      sign = kind;
    } else if (depth == 1 && kind == ':') {
      lastNumber = number(line);
    }
    switch (kind) {
      case '+', '-', ':', '_', '#', ',', '(' -> {
        separate();
        append(simple(kind, line));
        word(line.text(1, TEXT_MAX));
        ended();
      }
      case '$', '!', '=' -> {
        long length = number(line);
        separate();
        if (length < 0) {
          word("");
          ended();
        } else {
          bulkLeft = length + 2;
          bulkIsWord = depth == 1;
          bulk.setLength(0);
        }
      }
      case '*', '~', '>' -> open(kind, number(line));
      case '%', '|' -> open(kind, 2 * number(line));
      default -> broken = true;
    }
  }

  private static String simple(char kind, Payload line) {
    return switch (kind) {
      case '_' -> "null";
      case '#' -> line.u8(1) == 't' ? "T" : "F";
      default -> line.text(1, TEXT_MAX);
    };
  }

  private long number(Payload line) {
    int digits = line.length() - 1;
    boolean negative = line.u8(1) == '-';
    if (digits < 1 || digits > 10) {
      broken = true;
      return 0;
    }
    long value = 0;
    for (int i = negative ? 2 : 1; i < line.length(); i++) {
      int digit = line.u8(i) - '0';
      if (digit < 0 || digit > 9) {
        broken = true;
        return 0;
      }
      value = 10 * value + digit;
    }
    return negative ? -1 : value;
  }

  private void bulk(Payload data) {
    int count = (int) Math.min(bulkLeft, data.length());
    int wanted = (int) Math.min(Math.min(count, bulkLeft - 2), TEXT_MAX - bulk.length());
    String part = data.text(0, wanted);
    data.skip(count);
    bulkLeft -= count;
    if (bulkLeft == 0) {
      bulkLeft = -1;
      String whole = bulk.isEmpty() ? part : bulk.append(part).toString();
      append(whole);
      if (bulkIsWord) {
        word(whole);
      }
      ended();
    } else {
      bulk.append(part);
    }
  }

  private void word(String whole) {
    if (depth == 1 && words.size() < WORDS_MAX) {
      words.add(whole);
    }
  }

  private void open(char kind, long count) {
    if (broken) {
      return;
    }
    int start = text.length();
    separate();
    if (count < 0) {
      append("[]");
      ended();
      return;
    }
    if (depth == DEPTH_MAX) {
      broken = true;
      return;
    }
    if (depth == 0) {
      outerCount = count;
    }
    append(kind == '%' ? "{" : kind == '~' ? "(" : "[");
    signs[depth] = kind;
    left[depth] = count;
    seen[depth] = 0;
    starts[depth] = start;
    depth++;
    closeComplete();
  }

  private void separate() {
    if (depth > 0 && seen[depth - 1] > 0) {
      append(signs[depth - 1] == '%' && seen[depth - 1] % 2 == 1 ? ": " : ", ");
    }
  }

  /** A value is over: perhaps those around it, too. */
  private void ended() {
    if (depth == 0) {
      complete = true;
      return;
    }
    left[depth - 1]--;
    seen[depth - 1]++;
    closeComplete();
  }

  private void closeComplete() {
    while (depth > 0 && left[depth - 1] == 0) {
      depth--;
      if (signs[depth] == '|') {
        text.setLength(Math.min(starts[depth], text.length()));
        return; // the value that it belongs to follows
      }
      append(signs[depth] == '%' ? "}" : signs[depth] == '~' ? ")" : "]");
      if (depth == 0) {
        complete = true;
      } else {
        left[depth - 1]--;
        seen[depth - 1]++;
      }
    }
  }

  private void append(String more) {
    text.append(more, 0, Math.min(more.length(), Math.max(0, TEXT_MAX - text.length())));
  }
}
