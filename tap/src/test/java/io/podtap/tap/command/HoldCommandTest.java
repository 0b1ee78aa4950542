/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class HoldCommandTest {

  private static CompletableFuture<Integer> start(InputStream in, long patienceMs) {
    CompletableFuture<Integer> end = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            end.complete(new HoldCommand(in, patienceMs).call());
          } catch (InterruptedException e) {
            end.completeExceptionally(e);
          }
        });
    return end;
  }

  /** A line at once, if any, and an end when it is told. */
  private static final class Held extends InputStream {
    final CountDownLatch end = new CountDownLatch(1);
    private boolean hasLine;

    Held(boolean hasLine) {
      this.hasLine = hasLine;
    }

    @Override
    public int read() throws IOException {
      if (hasLine) {
        hasLine = false;
        return '\n';
      }
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int value = read();
      if (value >= 0) {
        bytes[offset] = (byte) value;
      }
      return value < 0 ? -1 : 1;
    }
  }

  @Test
  void holdsUntilItsInputEnds() throws Exception {
    Held held = new Held(/* hasLine= */ true);
    CompletableFuture<Integer> end = start(held, 200);
    Thread.sleep(400);
    assertThat(end).isNotDone();
    held.end.countDown();
    assertThat(end.get(10, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void doesNotWaitLongForAFirstLine() throws Exception {
    Held held = new Held(/* hasLine= */ false);
    assertThat(start(held, 50).get(10, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void anInputThatIsOverAlreadyEndsIt() throws Exception {
    assertThat(start(InputStream.nullInputStream(), 60_000).get(10, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void anInputThatBreaksEndsIt() throws Exception {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("broken");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }
        };
    assertThat(start(broken, 60_000).get(10, TimeUnit.SECONDS)).isZero();
  }
}
