/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.http;

import java.io.PrintStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Told what one client's request failed with; the others go on. What fails a thread that serves all
 * of them, and every error, is for {@link io.podtap.core.agent.Threads}: the process ends. Any
 * thread.
 */
@FunctionalInterface
public interface Failure {

  /**
   * A request has failed by a mistake of this program.
   *
   * @param where for a person, such as "of a connection"
   */
  void note(String where, RuntimeException cause);

  /** Returns one that logs each kind of exception once, with its stack, up to 32 kinds. */
  static Failure logging(PrintStream log) {
    return new Failure() {

      private static final int KINDS_MAX = 32;
      private final Set<String> logged = ConcurrentHashMap.newKeySet();

      @Override
      public void note(String where, RuntimeException cause) {
        if (logged.size() < KINDS_MAX && logged.add(cause.getClass().getName())) {
          log.println("podtap: thread " + where + " failed, its client is sent away");
          cause.printStackTrace(log);
        }
      }
    };
  }
}
