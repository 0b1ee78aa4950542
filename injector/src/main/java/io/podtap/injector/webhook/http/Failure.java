package io.podtap.injector.webhook.http;

import java.io.PrintStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Told what threads failed with that had no answer to it. Any thread. */
public interface Failure {

  /** A thread without which nothing works has failed, or any thread with an error. */
  void end(String thread, Throwable cause);

  /** One client's thread has failed; the others go on. */
  void note(String thread, RuntimeException cause);

  /**
   * Returns one that says each kind of failure once, with its stack. The process ends with code 1:
   * by its own way out after an exception, at once after an error, when there may be no memory to
   * do anything with.
   */
  static Failure endingProcess(PrintStream log) {
    return new Failure() {

      private static final int TOLD_MAX = 32;
      private final Set<String> told = ConcurrentHashMap.newKeySet();

      @Override
      public void end(String thread, Throwable cause) {
        try {
          tell(thread, cause, "the process ends");
        } finally {
          if (cause instanceof Error) {
            Runtime.getRuntime().halt(1);
          }
        }
        // System.exit waits for its hooks, and these may wait for this very thread
        Thread.ofPlatform().daemon().name("failure").start(() -> System.exit(1));
      }

      @Override
      public void note(String thread, RuntimeException cause) {
        tell(thread, cause, "its client is sent away");
      }

      private void tell(String thread, Throwable cause, String then) {
        if (told.size() < TOLD_MAX && told.add(cause.getClass().getName())) {
          log.println("podtap: thread " + thread + " failed, " + then);
          cause.printStackTrace(log);
        }
      }
    };
  }
}
