/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One connection from its request to its end: reads a head, writes an answer, waits for the other
 * side to close. Never blocks. The server's thread.
 *
 * @see "RFC 9112 sections 2.2, 3 and 9.6"
 */
final class HttpExchange {

  /** Bytes of a request's head. */
  static final int REQUEST_BYTES_MAX = 4_096;

  private static final int FIRST_BYTES = 512;
  private static final String ACCEPT = "accept:";
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** Bytes that the kernel is offered at a time: the JDK copies as much outside the heap. */
  private static final int WRITE_BYTES = 16 << 10;

  /** Head and body of an answer; the body may be shared with other answers and is only read. */
  static final class Answer {
    private final byte[] head;
    private final byte[] body;

    Answer(byte[] head, byte[] body) {
      this.head = head;
      this.body = body;
    }
  }

  /** What a request is answered with. */
  interface Answers {

    /**
     * Returns the answer to a request.
     *
     * @param accept the media types that the client takes, as its header says; or an empty text
     */
    Answer answer(String method, String target, String accept);

    /** Returns the answer to what is not a request. */
    Answer badRequest();
  }

  final SocketChannel channel;
  final InetAddress address;

  /** {@link System#nanoTime} when it was accepted. */
  final long beginNs;

  private ByteBuffer request = NOTHING;
  private ByteBuffer answer = NOTHING;
  private byte[] body = {};
  private boolean isAnswered;
  private boolean isWritten;
  private boolean isOver;

  HttpExchange(SocketChannel channel, long beginNs) throws IOException {
    this.channel = channel;
    this.beginNs = beginNs;
    address = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
  }

  /** Goes on as far as the connection allows. */
  void advance(SelectionKey key, Answers answers) throws IOException {
    if (!isAnswered) {
      read(answers);
    }
    if (isAnswered && !isWritten) {
      write(key);
    }
    if (isWritten) {
      discard();
    }
  }

  private void read(Answers answers) throws IOException {
    while (!isAnswered) {
      if (!request.hasRemaining()) {
        grow();
      }
      int count = channel.read(request);
      if (count < 0) {
        isOver = true;
        return;
      }
      if (count == 0) {
        return;
      }
      int end = headEnd();
      if (end > 0 || request.position() == REQUEST_BYTES_MAX) {
        Answer made = end > 0 ? answer(answers) : answers.badRequest();
        answer = ByteBuffer.wrap(made.head);
        body = made.body;
        isAnswered = true;
        request = NOTHING;
      }
    }
  }

  private void grow() {
    int length = Math.min(Math.max(request.capacity() * 2, FIRST_BYTES), REQUEST_BYTES_MAX);
    ByteBuffer larger = ByteBuffer.allocate(length);
    larger.put(request.flip());
    request = larger;
  }

  /** Returns where the empty line ends that ends the head, or -1. */
  private int headEnd() {
    for (int i = 0; i + 1 < request.position(); i++) {
      if (request.get(i) == '\n'
          && (request.get(i + 1) == '\n'
              || (request.get(i + 1) == '\r'
                  && i + 2 < request.position()
                  && request.get(i + 2) == '\n'))) {
        return i + 2;
      }
    }
    return -1;
  }

  private Answer answer(Answers answers) {
    byte[] bytes = new byte[request.position()];
    request.get(0, bytes);
    String head = new String(bytes, StandardCharsets.ISO_8859_1);
    String line = head.substring(0, head.indexOf('\n')).strip();
    int first = line.indexOf(' ');
    int last = line.lastIndexOf(' ');
    String target = first < last ? line.substring(first + 1, last) : "";
    String version = line.substring(last + 1);
    boolean isRequest =
        !target.isEmpty()
            && target.indexOf(' ') < 0
            && (version.equals("HTTP/1.1") || version.equals("HTTP/1.0"));
    return isRequest
        ? answers.answer(line.substring(0, first), target, accept(head))
        : answers.badRequest();
  }

  /** Returns what all headers of that name say, or an empty text. */
  private static String accept(String head) {
    StringBuilder accept = new StringBuilder();
    head.lines()
        .filter(line -> line.regionMatches(true, 0, ACCEPT, 0, ACCEPT.length()))
        .forEach(line -> accept.append(line, ACCEPT.length(), line.length()).append(','));
    return accept.toString();
  }

  private void write(SelectionKey key) throws IOException {
    while (answer.hasRemaining() || body.length > 0) {
      if (!answer.hasRemaining()) {
        answer = ByteBuffer.wrap(body); // the head has left
        body = new byte[0];
      }
      int end = answer.limit();
      answer.limit(Math.min(answer.position() + WRITE_BYTES, end));
      int count = channel.write(answer);
      answer.limit(end);
      if (count == 0) {
        key.interestOps(SelectionKey.OP_WRITE);
        return;
      }
    }
    answer = NOTHING;
    isWritten = true;
    channel.shutdownOutput();
    key.interestOps(SelectionKey.OP_READ);
  }

  /** A socket that is closed with bytes unread resets the connection, and the answer is lost. */
  private void discard() throws IOException {
    ByteBuffer rest = ByteBuffer.allocate(FIRST_BYTES);
    int count = channel.read(rest);
    isOver = count < 0;
  }

  /** Returns whether the other side has closed, or said that it asks nothing. */
  boolean isOver() {
    return isOver;
  }

  /** Returns whether the answer has left: what is missing is the other side's end. */
  boolean isWritten() {
    return isWritten;
  }
}
