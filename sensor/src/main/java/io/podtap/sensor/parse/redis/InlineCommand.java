/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.redis;

import io.podtap.sensor.parse.Payload;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a command apart that is a line of words, as a person types it. A word in quotation marks is
 * one word, marks included; a backslash before a mark inside keeps it from ending the word.
 *
 * @see "redis.io/docs/latest/develop/reference/protocol-spec, section Inline commands"
 */
final class InlineCommand {

  private static final int WORDS_MAX = 8;

  private InlineCommand() {}

  /** Returns its first words. */
  static List<String> words(Payload line) {
    List<String> words = new ArrayList<>(4);
    int at = 0;
    while (words.size() < WORDS_MAX) {
      while (isBlank(line.u8(at))) {
        at++;
      }
      int end = end(line, at);
      if (end == at) {
        return words;
      }
      words.add(line.text(at, Math.min(end - at, ValueReader.TEXT_MAX)));
      at = end;
    }
    return words;
  }

  private static int end(Payload line, int from) {
    int at = from;
    int mark = 0;
    while (at < line.length()) {
      int c = line.u8(at);
      if (mark != 0) {
        if (c == '\\' && line.u8(at + 1) == mark) {
          at++;
        } else if (c == mark) {
          mark = 0;
        }
      } else if (c == '"' || c == '\'') {
        mark = c;
      } else if (isBlank(c)) {
        return at;
      }
      at++;
    }
    return Math.min(at, line.length());
  }

  private static boolean isBlank(int c) {
    return c == 0 || c == '\t' || c == '\n' || c == '\r' || c == ' ';
  }
}
