/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

/**
 * One connection: a handshake, then requests one after another. Its own virtual thread runs it;
 * other threads ask how long it has waited, and end it.
 */
final class HttpConnection {

  /** Served when the deadline has passed and the read did not notice: the socket is closed then. */
  private static final long SLACK_NS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Whoever sends much has more time: a second for each MiB that has come. */
  private static final long NS_PER_BYTE = TimeUnit.SECONDS.toNanos(1) >> 20;

  /** What a connection needs of its server. */
  interface Server {
    SSLSocket secure(Socket raw) throws IOException;

    Answer answer(Request request);

    ServerSettings settings();

    MemoryBudget bodies();

    ServerCounters counters();

    boolean isDraining();
  }

  private final Socket raw;
  private final InetAddress address;
  private final Server server;
  private volatile boolean isWaiting = true;
  private volatile boolean isServed;
  private volatile long sinceNs;
  private volatile long deadlineNs;
  private boolean isInRequest;
  private long answerDeadlineNs;

  HttpConnection(Socket raw, Server server) {
    this.raw = raw;
    address = raw.getInetAddress();
    this.server = server;
    phase(true, System.nanoTime(), server.settings().handshake().toNanos());
  }

  InetAddress address() {
    return address;
  }

  /** Returns whether the client has to do something next. */
  boolean isWaiting() {
    return isWaiting;
  }

  /** Returns whether the client was ever served. */
  boolean isServed() {
    return isServed;
  }

  long sinceNs() {
    return sinceNs;
  }

  /** Returns whether its time is over. */
  boolean isLate(long nowNs) {
    return nowNs - deadlineNs > SLACK_NS;
  }

  /** Ends it at once; any thread. Without TLS' farewell, which could block. */
  void abort() {
    try {
      raw.close();
    } catch (IOException _) {
      // it is closed as far as we are concerned
    }
  }

  private void phase(boolean waiting, long startNs, long lengthNs) {
    sinceNs = startNs;
    deadlineNs = startNs + lengthNs;
    isWaiting = waiting;
  }

  /** Serves the client until one of both ends it. */
  void run() {
    try (Socket _ = raw;
        SSLSocket secure = server.secure(raw)) {
      int _ =
          armed(() -> {
            secure.startHandshake();
            return 0;
          });
      boolean isProven = isProven(secure);
      RequestReader reader = new RequestReader(new TimedInput(secure.getInputStream()));
      boolean goesOn = true;
      while (goesOn) {
        var idle = isServed ? server.settings().idle() : server.settings().unused();
        phase(true, System.nanoTime(), idle.toNanos());
        goesOn = reader.await() && serve(reader, secure.getOutputStream(), isProven);
      }
    } catch (IOException _) {
      // The client went away, or was too late: who ended it has counted it.
    }
  }

  private static boolean isProven(SSLSocket secure) {
    try {
      return secure.getSession().getPeerCertificates().length > 0;
    } catch (SSLPeerUnverifiedException e) {
      return false;
    }
  }

  private boolean serve(RequestReader reader, OutputStream out, boolean isProven)
      throws IOException {
    long start = System.nanoTime();
    answerDeadlineNs = start + server.settings().answer().toNanos();
    phase(true, start, server.settings().request().toNanos());
    isInRequest = true;
    try (Body body = new Body(server.bodies(), server.settings().bodyBytesMax())) {
      RequestReader.Head head = reader.head();
      if (head.expectsContinue()) {
        out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      reader.body(head, body);
      isInRequest = false;
      phase(false, start, server.settings().answer().toNanos());
      String[] target = head.target().split("\\?", 2);
      Answer answer =
          server.answer(
              new Request(
                  head.method(),
                  target[0],
                  target.length > 1 ? target[1] : "",
                  body,
                  isProven,
                  start));
      if (answer.isService()) {
        isServed = true;
      }
      boolean isLast = head.isLast() || server.isDraining();
      send(out, answer, isLast);
      return !isLast;
    } catch (HttpException e) {
      server.counters().malformed.increment();
      phase(false, System.nanoTime(), server.settings().request().toNanos());
      send(out, Answer.text(e.status(), String.valueOf(e.getMessage())), true);
    } catch (SocketTimeoutException e) {
      server.counters().late.increment();
      phase(false, System.nanoTime(), server.settings().request().toNanos());
      send(out, Answer.text(408, "the request took too long"), true);
    } finally {
      isInRequest = false;
    }
    return false;
  }

  private static void send(OutputStream out, Answer answer, boolean isLast) throws IOException {
    byte[] text = answer.text().getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + answer.status()
            + (answer.status() < 300 ? " OK" : " Refused")
            + "\r\nContent-Type: "
            + answer.type()
            + "\r\nContent-Length: "
            + text.length
            + (isLast ? "\r\nConnection: close" : "")
            + "\r\n\r\n";
    byte[] first = head.getBytes(StandardCharsets.US_ASCII);
    byte[] both = new byte[first.length + text.length]; // one record for most answers
    System.arraycopy(first, 0, both, 0, first.length);
    System.arraycopy(text, 0, both, first.length, text.length);
    out.write(both);
    out.flush();
  }

  private interface Read {
    int read() throws IOException;
  }

  /** Reads for as long as the deadline allows: bytes that come singly do not prolong it. */
  private int armed(Read read) throws IOException {
    long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
    if (leftMs <= 0) {
      throw new SocketTimeoutException("the time is over");
    }
    raw.setSoTimeout((int) Math.min(leftMs, Integer.MAX_VALUE));
    return read.read();
  }

  private final class TimedInput extends InputStream {

    private final InputStream in;

    TimedInput(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      int read = armed(() -> in.read(into, offset, count));
      if (isInRequest && read > 0) {
        deadlineNs = Math.min(deadlineNs + read * NS_PER_BYTE, answerDeadlineNs);
      }
      return read;
    }
  }
}
