/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands in a log file before it is appended to: how much of it are whole lines, and whether
 * its header is the one that would be written now.
 */
final class OlderFile {

  private static final int BLOCK_BYTES = 64 << 10;

  /** Bytes in which a header ends: that of the log with most columns has a few thousand. */
  private static final int HEAD_BYTES_MAX = 32 << 10;

  private static final String OPEN = "#open";

  private OlderFile() {}

  /** Returns how many bytes are whole lines; fewer than the file has when its last one is not. */
  static long wholeLines(FileChannel file) throws IOException {
    long end = file.size();
    ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
    while (end > 0) {
      long from = Math.max(0, end - BLOCK_BYTES);
      block.clear().limit((int) (end - from));
      read(file, block, from);
      for (int i = block.position() - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return from + i + 1;
        }
      }
      end = from;
    }
    return 0;
  }

  private static void read(FileChannel file, ByteBuffer target, long from) throws IOException {
    long at = from;
    int count = 1;
    while (target.hasRemaining() && count > 0) {
      count = file.read(target, at);
      at += Math.max(0, count);
    }
  }

  /** How new lines are to follow what is there. */
  enum Sequel {
    /** As they are, behind the line that says when they begin, if the format has one. */
    LINES,
    /** With a header of their own: other columns. */
    HEADER,
    /** Not at all: another format. */
    NONE
  }

  /**
   * Returns how lines may follow.
   *
   * @param header what stands at the beginning of a new file; empty in JSON
   */
  static Sequel sequel(FileChannel file, String header) throws IOException {
    ByteBuffer head = ByteBuffer.allocate((int) Math.min(HEAD_BYTES_MAX, file.size()));
    read(file, head, 0);
    String text = new String(head.array(), 0, head.position(), StandardCharsets.ISO_8859_1);
    boolean hasHeader = text.startsWith("#");
    if (hasHeader == header.isEmpty()) {
      return Sequel.NONE;
    }
    return header.isEmpty() || columns(text).equals(columns(header)) ? Sequel.LINES : Sequel.HEADER;
  }

  /** Returns the lines of a header that do not change from run to run. */
  private static List<String> columns(String text) {
    List<String> lines = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      if (!line.startsWith("#")) {
        break;
      }
      if (!line.startsWith(OPEN) && !line.startsWith("#close")) {
        lines.add(line);
      }
    }
    return lines;
  }

  /** Returns the line of a header that says when it was written, with its end, or nothing. */
  static String openLine(String header) {
    int from = header.indexOf(OPEN);
    return from < 0 ? "" : header.substring(from, header.indexOf('\n', from) + 1);
  }
}
