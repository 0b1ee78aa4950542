/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.json;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON values from a stream, one after another, in constant memory: what nobody asks for is
 * skipped, what is asked for is cut at {@link #TEXT_BYTES_MAX} unless another bound is given.
 *
 * <p>A field of another type than expected reads as absent: {@link #enterObject} and {@link
 * #enterArray} skip such a value and say so, {@link #text} and {@link #number} have a value for it.
 * Nothing here calls itself; values may be nested {@link #DEPTH_MAX} deep. One thread.
 *
 * @see "RFC 8259"
 */
public final class JsonReader {

  /** Bytes of a name or text that are kept. */
  public static final int TEXT_BYTES_MAX = 1_024;

  /** Kubernetes' own objects are nested about 25 deep. */
  public static final int DEPTH_MAX = 128;

  private static final int BUFFER_BYTES = 4_096;
  private static final int END = -1;

  /** What stands in the stream is not JSON, or nested too deep. */
  public static final class MalformedException extends IOException {
    private static final long serialVersionUID = 1;

    public MalformedException(String message) {
      super(message);
    }
  }

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final byte[] text;
  private final boolean[] objects = new boolean[DEPTH_MAX];
  private int at;
  private int limit;
  private int depth;
  private int textLength;

  /** Whether the innermost object or array has had no member yet. */
  private boolean first;

  /** Reads from {@code in}, which the caller closes. */
  public JsonReader(InputStream in) {
    this(in, TEXT_BYTES_MAX);
  }

  /**
   * As above.
   *
   * @param textBytesMax bytes of a name or text that are kept
   */
  public JsonReader(InputStream in, int textBytesMax) {
    this.in = in;
    text = new byte[textBytesMax];
  }

  /**
   * Returns whether another value follows on the outermost level; waits for it.
   *
   * @throws java.net.SocketTimeoutException when none came in the stream's time; nothing is lost
   */
  public boolean follows() throws IOException {
    return peek() != END;
  }

  /** Returns how many bytes can be read without waiting, as far as is known. */
  public int buffered() throws IOException {
    return limit - at + in.available();
  }

  /** Enters an object, or skips a value that is none and returns false. */
  public boolean enterObject() throws IOException {
    return enter('{', true);
  }

  /** Enters an array, or skips a value that is none and returns false. */
  public boolean enterArray() throws IOException {
    return enter('[', false);
  }

  private boolean enter(char opening, boolean object) throws IOException {
    if (peek() != opening) {
      skip();
      return false;
    }
    push(object);
    return true;
  }

  private void push(boolean object) throws IOException {
    if (depth == DEPTH_MAX) {
      throw new MalformedException("nested deeper than " + DEPTH_MAX);
    }
    at++;
    objects[depth++] = object;
    first = true;
  }

  /** Returns whether the entered object or array has another member; otherwise leaves it. */
  public boolean more() throws IOException {
    int next = peek();
    if (next == (objects[depth - 1] ? '}' : ']')) {
      at++;
      depth--;
      first = false;
      return false;
    }
    if (!first) {
      expect(',');
    }
    first = false;
    return true;
  }

  /** Returns the name of the entered object's next member. */
  public String name() throws IOException {
    string();
    expect(':');
    return taken();
  }

  /** Returns a text, or an empty one for any other value. */
  public String text() throws IOException {
    if (peek() != '"') {
      skip();
      return "";
    }
    string();
    return taken();
  }

  /** Returns a whole number, or {@code otherwise} for any other value. */
  public int number(int otherwise) throws IOException {
    long number = count(otherwise);
    return number == (int) number ? (int) number : otherwise;
  }

  /** Returns a whole number of up to 63 bits, or {@code otherwise} for any other value. */
  public long count(long otherwise) throws IOException {
    int next = peek();
    if (next != '-' && !isDigit(next)) {
      skip();
      return otherwise;
    }
    literal();
    try {
      return Long.parseLong(taken());
    } catch (NumberFormatException e) {
      return otherwise; // a fraction, or too large
    }
  }

  /** Returns a text, number or word as it stands there, or an empty text for any other value. */
  public String scalar() throws IOException {
    int next = peek();
    if (next == '"' || next == '{' || next == '[') {
      return text();
    }
    literal();
    return taken();
  }

  /** Returns a truth value, or {@code otherwise} for any other value. */
  public boolean truth(boolean otherwise) throws IOException {
    int next = peek();
    if (next != 't' && next != 'f') {
      skip();
      return otherwise;
    }
    literal();
    return next == 't';
  }

  /** Skips one value of any kind and length. */
  public void skip() throws IOException {
    int outside = depth;
    do {
      switch (peek()) {
        case '{' -> push(true);
        case '[' -> push(false);
        case '"' -> string();
        default -> literal();
      }
      while (depth > outside && !more()) {
        // each turn leaves one object or array that has ended
      }
      if (depth > outside && objects[depth - 1]) {
        string();
        expect(':');
      }
    } while (depth > outside);
  }

  private void string() throws IOException {
    expect('"');
    textLength = 0;
    for (int next = next(); next != '"'; next = next()) {
      if (next >= 0 && next < ' ') {
        throw new MalformedException("control character in a text");
      }
      if (next == '\\') {
        escape();
      } else {
        keep(next);
      }
    }
  }

  private void escape() throws IOException {
    int next = next();
    switch (next) {
      case '"', '\\', '/' -> keep(next);
      case 'b' -> keep('\b');
      case 'f' -> keep('\f');
      case 'n' -> keep('\n');
      case 'r' -> keep('\r');
      case 't' -> keep('\t');
      case 'u' -> keepCharacter(hexadecimal());
      default -> throw new MalformedException("unknown escape in a text");
    }
  }

  private int hexadecimal() throws IOException {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(next(), 16);
      if (digit < 0) {
        throw new MalformedException("not a hexadecimal digit");
      }
      value = value << 4 | digit;
    }
    return value;
  }

  /** Half a surrogate pair is kept as a question mark: no name that matters has one. */
  private void keepCharacter(int character) {
    for (byte one : String.valueOf((char) character).getBytes(StandardCharsets.UTF_8)) {
      keep(one);
    }
  }

  private void literal() throws IOException {
    textLength = 0;
    int next = peek();
    while (isDigit(next) || (next >= 'a' && next <= 'z') || next == 'E' || isSign(next)) {
      keep(next);
      at++;
      next = at < limit ? buffer[at] & 0xFF : fill();
    }
    if (textLength == 0) {
      throw new MalformedException("value expected");
    }
    if (!isDigit(text[0]) && text[0] != '-') {
      String word = taken();
      if (!word.equals("true") && !word.equals("false") && !word.equals("null")) {
        throw new MalformedException("unknown word");
      }
    }
  }

  private static boolean isDigit(int next) {
    return next >= '0' && next <= '9';
  }

  private static boolean isSign(int next) {
    return next == '-' || next == '+' || next == '.';
  }

  private void keep(int next) {
    if (textLength < text.length) {
      text[textLength++] = (byte) next;
    }
  }

  private String taken() {
    return new String(text, 0, textLength, StandardCharsets.UTF_8);
  }

  private void expect(char wanted) throws IOException {
    if (peek() != wanted) {
      throw new MalformedException("'" + wanted + "' is missing");
    }
    at++;
  }

  /** Returns the next byte that is not white space without taking it, or {@link #END}. */
  private int peek() throws IOException {
    while (true) {
      int next = at < limit ? buffer[at] & 0xFF : fill();
      if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
        if (next == END && depth > 0) {
          throw new MalformedException("ends in the middle");
        }
        return next;
      }
      at++;
    }
  }

  /** Takes one byte of a text. */
  private int next() throws IOException {
    int next = at < limit ? buffer[at] & 0xFF : fill();
    if (next == END) {
      throw new MalformedException("ends in the middle");
    }
    at++;
    return next;
  }

  private int fill() throws IOException {
    at = 0;
    limit = 0;
    int count = in.read(buffer, 0, buffer.length);
    if (count <= 0) {
      return END;
    }
    limit = count;
    return buffer[0] & 0xFF;
  }
}
