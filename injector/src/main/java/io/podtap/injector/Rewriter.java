package io.podtap.injector;

import io.podtap.injector.inject.Outcome;
import io.podtap.injector.inject.Reason;
import io.podtap.injector.manifest.Manifest;
import io.podtap.injector.manifest.Workload;
import java.io.PrintStream;

/** Puts outcomes into a file and says each on a line of its own. */
final class Rewriter {

  private final Manifest manifest;
  private final PrintStream log;
  private final String done;
  private boolean hasMistake;

  /**
   * @param done what to call a change
   */
  Rewriter(Manifest manifest, PrintStream log, String done) {
    this.manifest = manifest;
    this.log = log;
    this.done = done;
  }

  void rewrite(Workload workload, Outcome outcome) {
    switch (outcome) {
      case Outcome.Changed changed -> {
        String obstacle = manifest.change(workload, changed.pod());
        if (!obstacle.isEmpty()) {
          say(workload, Reason.SHARED_TEXT, obstacle);
          return;
        }
        note(workload, done);
        changed.notes().forEach(text -> note(workload, text));
      }
      case Outcome.Unchanged unchanged -> say(workload, unchanged.reason(), unchanged.text());
    }
  }

  private void say(Workload workload, Reason reason, String text) {
    hasMistake |= reason.isMistake();
    note(workload, "unchanged, " + reason.word() + ": " + text);
  }

  /** Says something else of a workload. */
  void note(Workload workload, String text) {
    log.println("podtap: " + workload.label() + ": " + text);
  }

  /** Returns 1 when a workload asked for what cannot be, else 0. */
  int exitCode() {
    return hasMistake ? 1 : 0;
  }
}
