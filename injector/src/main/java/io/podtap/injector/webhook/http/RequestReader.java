/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.http;

import io.podtap.core.text.PlainText;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Reads the requests of one connection. Every length is bounded; when a request ends where is never
 * guessed.
 *
 * @see "RFC 9112 sections 2 to 7"
 */
final class RequestReader {

  private static final int BUFFER_BYTES = 4 << 10;
  private static final int HEAD_BYTES_MAX = 16 << 10;
  private static final int FIELDS_MAX = 100;

  /** Characters of a transfer coding that an error shows. */
  private static final int CODING_LENGTH_MAX = 40;

  private static final long YIELD_BYTES = 64L << 10;
  private static final int CHUNK_LINE_BYTES_MAX = 256;

  /**
   * What is beyond a body's bound is read and let go up to this, so that its sender is answered.
   */
  private static final long DRAINED_BYTES_MAX = 32L << 20;

  /**
   * The first lines.
   *
   * @param fields by name in lower case
   */
  record Head(String method, String target, String version, Map<String, String> fields) {

    String field(String name) {
      return fields.getOrDefault(name, "");
    }

    boolean isLast() {
      String connection = field("connection").toLowerCase(Locale.ROOT);
      return connection.contains("close")
          || (version.equals("HTTP/1.0") && !connection.contains("keep-alive"));
    }

    boolean expectsContinue() {
      return field("expect").equalsIgnoreCase("100-continue") && version.equals("HTTP/1.1");
    }
  }

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;
  private int headBytes;

  RequestReader(InputStream in) {
    this.in = in;
  }

  /** Waits for the first byte of a request; false when the client has ended the connection. */
  boolean await() throws IOException {
    return position < limit || fill();
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = 0;
    int count = in.read(buffer);
    limit = Math.max(count, 0);
    return count > 0;
  }

  private int next() throws IOException {
    if (position == limit && !fill()) {
      throw new EOFException("the client closed the connection during a request");
    }
    return Byte.toUnsignedInt(buffer[position++]);
  }

  /**
   * Reads a line without its end.
   *
   * @param status of the refusal when it is longer
   */
  private String line(int bytesMax, int status) throws IOException {
    StringBuilder line = new StringBuilder();
    int next = next();
    while (next != '\n') {
      if (line.length() >= bytesMax) {
        throw new HttpException(status, "a line is longer than " + bytesMax + " bytes");
      }
      line.append((char) next);
      next = next();
    }
    int length = line.length();
    if (length > 0 && line.charAt(length - 1) == '\r') {
      line.setLength(length - 1);
    }
    return line.toString();
  }

  Head head() throws IOException {
    headBytes = HEAD_BYTES_MAX;
    String first = headLine();
    for (int i = 0; first.isEmpty() && i < 2; i++) {
      first = headLine(); // some clients end a body with a line more
    }
    String[] words = first.split(" ", -1);
    if (words.length != 3 || !words[2].matches("HTTP/1\\.[01]") || !words[1].startsWith("/")) {
      throw new HttpException(400, "invalid request line");
    }
    Map<String, String> fields = new HashMap<>();
    for (String line = headLine(); !line.isEmpty(); line = headLine()) {
      field(line, fields);
    }
    return new Head(words[0], words[1], words[2], fields);
  }

  private String headLine() throws IOException {
    String line = line(headBytes, 431);
    headBytes -= line.length();
    return line;
  }

  private static void field(String line, Map<String, String> fields) throws IOException {
    int colon = line.indexOf(':');
    if (colon <= 0 || line.substring(0, colon).matches(".*\\s.*") || fields.size() >= FIELDS_MAX) {
      throw new HttpException(400, "invalid header field");
    }
    String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
    String former = fields.put(name, line.substring(colon + 1).strip());
    if (former != null && (name.equals("content-length") || name.equals("transfer-encoding"))) {
      throw new HttpException(400, "header field " + name + " is a duplicate");
    }
  }

  /** Reads the body that a head announces into {@code body}. */
  void body(Head head, Body body) throws IOException {
    String coding = head.field("transfer-encoding");
    String length = head.field("content-length");
    if (!coding.isEmpty()) {
      if (!length.isEmpty() || !coding.equalsIgnoreCase("chunked")) {
        String shown = PlainText.of(coding, CODING_LENGTH_MAX);
        throw new HttpException(400, "transfer-encoding '" + shown + "' is not taken");
      }
      chunks(body);
    } else if (!length.isEmpty()) {
      if (!length.matches("[0-9]{1,18}")) {
        throw new HttpException(400, "invalid content-length");
      }
      copy(Long.parseLong(length), body);
    }
  }

  private void chunks(Body body) throws IOException {
    while (true) {
      String size = line(CHUNK_LINE_BYTES_MAX, 400).replaceFirst(";.*", "").strip();
      if (!size.matches("[0-9a-fA-F]{1,15}")) {
        throw new HttpException(400, "invalid size of a chunk");
      }
      long bytes = Long.parseLong(size, 16);
      if (bytes == 0) {
        break;
      }
      copy(bytes, body);
      if (!line(1, 400).isEmpty()) {
        throw new HttpException(400, "a chunk is longer than its size");
      }
    }
    headBytes = HEAD_BYTES_MAX;
    while (!headLine().isEmpty()) {
      // trailer fields are read and ignored
    }
  }

  private void copy(long bytes, Body body) throws IOException {
    if (bytes > DRAINED_BYTES_MAX - body.length()) {
      throw new HttpException(413, "a body of more than " + DRAINED_BYTES_MAX + " bytes");
    }
    long left = bytes;
    long yielded = body.length();
    while (left > 0) {
      if (position == limit && !fill()) {
        throw new EOFException("the client closed the connection during a body");
      }
      int count = (int) Math.min(left, limit - position);
      body.add(buffer, position, count);
      position += count;
      left -= count;
      if (body.length() - yielded > YIELD_BYTES) {
        yielded = body.length();
        Turns.giveWay();
      }
    }
  }
}
