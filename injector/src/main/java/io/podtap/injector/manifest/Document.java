/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import io.podtap.core.config.SettingsException;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * One document of a file, with the marker before it and the comments around it.
 *
 * @param label names the file in messages
 * @param text as it stands in the file
 * @param body where the parser begins: behind a byte order mark, else 0
 * @param firstLine the file's line in which the text begins, from 1
 * @param isJson whether the text is one JSON object
 */
record Document(String label, String text, int body, int firstLine, boolean isJson) {

  /** Returns the file's line of an offset in the text, from 1. */
  int line(int offset) {
    int line = firstLine;
    int at = LineBreaks.endOfLine(text, 0);
    while (at <= offset && at < text.length()) {
      line++;
      at = LineBreaks.endOfLine(text, at);
    }
    return line;
  }

  /** Returns an error that names file and line. */
  SettingsException problem(int offset, String problem) {
    return new SettingsException(place(offset) + ": " + problem);
  }

  /** Returns {@code FILE, line N}. */
  String place(int offset) {
    return label + ", line " + line(Math.min(offset, text.length()));
  }

  /**
   * Returns text for the YAML parser, character for character where it stands. JSON may have line
   * breaks between a key and its colon, and characters that YAML has not: they are replaced by a
   * space and by a letter.
   *
   * @see "RFC 8259; YAML 1.2.2 sections 1.2 and 5.1"
   */
  String parsable(int from, int to) {
    return isJson ? jsonAsYaml(text, from, to) : text.substring(from, to);
  }

  private static String jsonAsYaml(String text, int from, int to) {
    char[] characters = new char[to - from];
    text.getChars(from, to, characters, 0);
    boolean isText = false;
    for (int i = 0; i < characters.length; i++) {
      char character = characters[i];
      if (character == '"') {
        isText = !isText;
      } else if (isText && character == '\\' && i + 1 < characters.length) {
        i++;
      } else if (!isText && (LineBreaks.isBreak(character) || character == '\t')) {
        characters[i] = ' ';
      } else if (!Character.isSurrogate(character) && !StreamReader.isPrintable(character)) {
        characters[i] = 'x';
      }
    }
    return new String(characters);
  }
}
