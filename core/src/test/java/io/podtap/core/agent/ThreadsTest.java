/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ThreadsTest {

  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream before = System.err;

  @BeforeEach
  void listen() {
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    Threads.onExit(exit::complete);
  }

  @AfterEach
  void restore() {
    System.setErr(before);
    Threads.onExit(System::exit);
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void anExceptionEndsTheProgramAndSaysWhere() throws Exception {
    Threads.start(
        "fragile",
        () -> {
          throw new IllegalStateException("broken");
        });
    assertThat(exit.get(30, TimeUnit.SECONDS)).isEqualTo(Threads.EXIT_CODE);
    assertThat(Threads.isFailed()).isTrue();
    assertThat(said()).containsOnlyOnce("'fragile'").contains("broken", "ThreadsTest");
  }

  @Test
  void soDoesAnErrorAndATaskOfAnExecutor() throws Exception {
    try (var executor = Threads.virtual("task")) {
      executor.execute(() -> {
        throw new StackOverflowError();
      });
      assertThat(exit.get(30, TimeUnit.SECONDS)).isEqualTo(Threads.EXIT_CODE);
    }
  }

  @Test
  void aRestartableThreadGoesOnAndIsCounted() throws Exception {
    long before = Threads.restarts();
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(1);
    Thread thread =
        Threads.startRestartable(
            "stubborn",
            () -> {
              if (runs.incrementAndGet() < 3) {
                throw new IllegalStateException("attempt");
              }
              done.countDown();
            });
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    thread.join(30_000);
    assertThat(thread.isAlive()).isFalse();
    assertThat(Threads.restarts() - before).isEqualTo(2);
    assertThat(exit).isNotDone();
    assertThat(said()).contains("'stubborn'");
  }
}
