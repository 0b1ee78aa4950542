/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of characters into documents: at YAML's markers, behind {@code ...}, and between
 * JSON objects that follow each other. All documents one after another are the stream, to the
 * character. Holds one document.
 *
 * @see "YAML 1.2.2 sections 6.8 and 9.1; k8s.io/apimachinery/pkg/util/yaml"
 */
final class DocumentReader {

  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final int END = -1;
  private static final int MARKER_LENGTH = 3;
  private static final int BUFFER_CHARS = 1 << 16;

  /** What has been seen of the document so far. */
  private enum State {
    /** Spaces, comments, directives. */
    EMPTY,
    /** Inside of what may be a JSON object. */
    JSON,
    /** Behind a JSON object. */
    JSON_DONE,
    YAML
  }

  private final String label;
  private final Reader in;
  private final long charsMax;
  private final char[] buffer = new char[BUFFER_CHARS];
  private int next;
  private int end;
  private int line = 1;

  private final List<String> parts = new ArrayList<>();
  private final StringBuilder part = new StringBuilder();
  private long chars;
  private State state = State.EMPTY;
  private boolean hasMarker;
  private boolean isAtStartOfLine = true;
  private boolean isComment;
  private boolean hasComment;
  private boolean isText;
  private boolean isEscaped;
  private boolean isAfterReturn;
  private int depth;
  private int body;
  private int firstLine = 1;

  /**
   * @param charsMax of one document
   */
  DocumentReader(String label, Reader in, long charsMax) {
    this.label = label;
    this.in = in;
    this.charsMax = charsMax;
  }

  /**
   * Returns the next document, or null at the end.
   *
   * @throws SettingsException when it is too large, or the bytes are not of the stream's encoding
   */
  @Nullable Document next() throws IOException {
    try {
      return read();
    } catch (CharacterCodingException e) {
      throw new SettingsException(label + ", near line " + line + ": not UTF-8 text", e);
    }
  }

  private @Nullable Document read() throws IOException {
    int character = peek(0);
    while (character != END) {
      if (isAtStartOfLine && isMarker('-')) {
        if (hasMarker || state != State.EMPTY) {
          return take();
        }
        hasMarker = true;
        append(MARKER_LENGTH);
        isAtStartOfLine = false;
      } else if (isAtStartOfLine && isMarker('.') && (hasMarker || state != State.EMPTY)) {
        appendLine();
        state = State.YAML; // JSON has no such line
        return take();
      } else if (isMarkedStart(character)) {
        return take();
      } else {
        look((char) character);
        append(1);
      }
      character = peek(0);
    }
    return chars == 0 ? null : take();
  }

  /** A JSON object behind another, or a byte order mark, as files joined by a program have them. */
  private boolean isMarkedStart(int character) throws IOException {
    if (character == BYTE_ORDER_MARK && isMarker('-', 1)) {
      return state == State.JSON_DONE || (isAtStartOfLine && (hasMarker || state != State.EMPTY));
    }
    boolean isObject = character == '{' || (character == BYTE_ORDER_MARK && peek(1) == '{');
    return isObject && state == State.JSON_DONE;
  }

  private boolean isMarker(char mark) throws IOException {
    return isMarker(mark, 0);
  }

  private boolean isMarker(char mark, int ahead) throws IOException {
    for (int i = 0; i < MARKER_LENGTH; i++) {
      if (peek(ahead + i) != mark) {
        return false;
      }
    }
    int after = peek(ahead + MARKER_LENGTH);
    return after == END || after == ' ' || after == '\t' || after == '\n' || after == '\r';
  }

  /** Follows one character, which is about to be appended. */
  private void look(char character) {
    switch (state) {
      case EMPTY -> lookForContent(character);
      case JSON -> lookInside(character);
      case JSON_DONE -> {
        if (!isSpace(character)) {
          state = State.YAML;
        }
      }
      case YAML -> {}
    }
    isAtStartOfLine =
        LineBreaks.isBreak(character)
            || (isAtStartOfLine && character == BYTE_ORDER_MARK && state == State.EMPTY);
  }

  private void lookForContent(char character) {
    if (character == BYTE_ORDER_MARK && isAtStartOfLine) {
      body = (int) chars + 1;
    } else if (isComment) {
      isComment = !LineBreaks.isBreak(character);
    } else if (character == '#' || (character == '%' && isAtStartOfLine && !hasMarker)) {
      isComment = true;
      hasComment = true;
    } else if (character == '{') {
      state = State.JSON;
      depth = 1;
    } else if (!isSpace(character)) {
      state = State.YAML;
    }
  }

  private static boolean isSpace(char character) {
    return character == ' ' || character == '\t' || LineBreaks.isBreak(character);
  }

  private void lookInside(char character) {
    if (isText) {
      if (isEscaped) {
        isEscaped = false;
      } else if (character == '\\') {
        isEscaped = true;
      } else if (character == '"') {
        isText = false;
      } else if (LineBreaks.isBreak(character)) {
        state = State.YAML;
      }
      return;
    }
    switch (character) {
      case '"' -> isText = true;
      case '{', '[' -> depth++;
      case '}', ']' -> {
        depth--;
        state = depth == 0 ? State.JSON_DONE : State.JSON;
      }
      default -> {
        boolean isJson =
            isSpace(character)
                || (character < 0x80 && Character.isLetterOrDigit(character))
                || ":,+-.".indexOf(character) >= 0;
        state = isJson ? State.JSON : State.YAML;
      }
    }
  }

  private void append(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      char character = (char) peek(0);
      part.append(character);
      chars++;
      next++;
      if (character == '\r' || (character == '\n' && !isAfterReturn)) {
        line++;
      }
      isAfterReturn = character == '\r';
    }
    if (part.length() >= BUFFER_CHARS) {
      parts.add(part.toString());
      part.setLength(0);
    }
    if (chars > charsMax) {
      throw new SettingsException(
          label
              + ", line "
              + firstLine
              + ": the document that begins here has more than "
              + charsMax
              + " characters, too many for this program's memory");
    }
  }

  private void appendLine() throws IOException {
    int character = peek(0);
    while (character != END && !LineBreaks.isBreak((char) character)) {
      append(1);
      character = peek(0);
    }
    if (character == '\r' && peek(1) == '\n') {
      append(1);
    }
    append(character == END ? 0 : 1);
  }

  private Document take() {
    parts.add(part.toString());
    String text = parts.size() == 1 ? parts.getFirst() : String.join("", parts);
    Document document =
        new Document(
            label, text, body, firstLine, state == State.JSON_DONE && !hasMarker && !hasComment);
    parts.clear();
    part.setLength(0);
    part.trimToSize();
    chars = 0;
    state = State.EMPTY;
    hasMarker = false;
    isAtStartOfLine = true;
    isComment = false;
    hasComment = false;
    isText = false;
    isEscaped = false;
    body = 0;
    firstLine = line;
    return document;
  }

  /** Returns a character ahead, or {@link #END}. */
  private int peek(int ahead) throws IOException {
    while (next + ahead >= end) {
      System.arraycopy(buffer, next, buffer, 0, end - next);
      end -= next;
      next = 0;
      int count = in.read(buffer, end, buffer.length - end);
      if (count < 0) {
        return END;
      }
      end += count;
    }
    return buffer[next + ahead];
  }
}
