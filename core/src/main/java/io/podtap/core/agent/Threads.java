/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.agent;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Starts every thread of every program. A thread that ends by an exception or an error does not end
 * unnoticed: its stack is written to standard error, and
 *
 * <ul>
 *   <li>the program ends by its own way out, with code {@value #EXIT_CODE}, or
 *   <li>the thread is started again after a pause, where that was declared, and counted.
 * </ul>
 *
 * Threads are daemons: the program ends with its main thread. Any thread.
 */
public final class Threads {

  /** Code of a program that ends since a thread has failed. */
  public static final int EXIT_CODE = 70; // EX_SOFTWARE of sysexits.h

  private static final long PAUSE_MS_MAX = 10_000;

  /** A thread that ran for so long before it failed is started again at once. */
  private static final long PROVEN_NS = 60_000_000_000L;

  private static final AtomicBoolean FAILED = new AtomicBoolean();
  private static final AtomicLong RESTARTS = new AtomicLong();
  private static volatile IntConsumer exit = System::exit;

  private Threads() {}

  /** Supervises threads that the JDK or a library starts. To be called once, at the start. */
  public static void superviseOthers() {
    Thread.setDefaultUncaughtExceptionHandler(Threads::onFailure);
  }

  /** Returns a thread that is yet to be started; when it fails, the program ends. */
  public static Thread unstarted(String name, Runnable body) {
    return Thread.ofPlatform()
        .daemon()
        .name(name)
        .uncaughtExceptionHandler(Threads::onFailure)
        .unstarted(body);
  }

  /** Starts a thread; when it fails, the program ends. */
  public static Thread start(String name, Runnable body) {
    Thread thread = unstarted(name, body);
    thread.start();
    return thread;
  }

  /**
   * Starts a thread whose body is run again when it fails, until it returns.
   *
   * @param body keeps what it needs to go on outside its stack
   */
  public static Thread startRestartable(String name, Runnable body) {
    Thread thread = restartable(name, body);
    thread.start();
    return thread;
  }

  /** As {@link #startRestartable}, yet to be started. */
  public static Thread restartable(String name, Runnable body) {
    return unstarted(name, () -> runUntilItReturns(name, body));
  }

  private static void runUntilItReturns(String name, Runnable body) {
    Backoff backoff = new Backoff(System.nanoTime());
    while (true) {
      long beginNs = System.nanoTime();
      try {
        body.run();
        return;
      } catch (OutOfMemoryError e) {
        throw e; // nothing that this thread holds can be relied on
      } catch (RuntimeException | Error e) {
        RESTARTS.incrementAndGet();
        say("podtap: thread '" + name + "' failed and is restarted:", e);
      }
      if (System.nanoTime() - beginNs > PROVEN_NS) {
        backoff.reset();
      }
      LockSupport.parkNanos(backoff.nextMs(PAUSE_MS_MAX, 0) * 1_000_000L);
    }
  }

  /** Returns what makes the threads of an executor: supervised, and daemons. */
  public static ThreadFactory factory(String name) {
    return body -> unstarted(name, body);
  }

  /**
   * Returns an executor with a virtual thread for each task; a task that fails ends the program.
   */
  public static ExecutorService virtual(String name) {
    return Executors.newThreadPerTaskExecutor(
        Thread.ofVirtual().name(name).uncaughtExceptionHandler(Threads::onFailure).factory());
  }

  /** Returns how often a thread was started again. */
  public static long restarts() {
    return RESTARTS.get();
  }

  /** Returns whether the program ends since a thread has failed. */
  public static boolean isFailed() {
    return FAILED.get();
  }

  private static void onFailure(Thread thread, Throwable failure) {
    boolean isFirst = !FAILED.getAndSet(true);
    try {
      say("podtap: thread '" + thread.getName() + "' failed, the program exits:", failure);
      if (isFirst) { // not here: whoever ends the program may wait for this thread
        Thread.ofPlatform().name("exit").start(() -> exit.accept(EXIT_CODE));
      }
    } catch (Throwable e) {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }

  private static void say(String line, Throwable failure) {
    synchronized (Threads.class) {
      System.err.println(line);
      failure.printStackTrace();
    }
  }

  /** Replaces what ends the process. For tests. */
  static void onExit(IntConsumer replacement) {
    exit = replacement;
    FAILED.set(false);
  }
}
