/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.kubernetes;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * A TCP connection whose reads end at a deadline, however little arrives each time. TLS reads
 * through it, so a peer that sends one byte of a record now and then is not waited for without end.
 * One thread reads; {@link #close} from any.
 */
final class DeadlineSocket extends Socket {

  private long deadlineNs = System.nanoTime();
  private int idleMs = 1;

  /**
   * Allows reads from now on.
   *
   * @param idleMs how long one read may take, above 0
   * @param totalMs how long all reads together may take, above 0
   */
  void allow(int idleMs, long totalMs) {
    this.idleMs = idleMs;
    deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(totalMs);
  }

  private void limitRead() throws IOException {
    long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
    if (leftMs <= 0) {
      throw new SocketTimeoutException("the answer was not complete in time");
    }
    setSoTimeout((int) Math.min(idleMs, leftMs));
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        limitRead();
        return super.read();
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        limitRead();
        return super.read(target, offset, length);
      }
    };
  }
}
