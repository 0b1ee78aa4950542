/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka.detect;

import io.podtap.core.config.SettingsException;
import io.podtap.kafka.FailureReason;
import io.podtap.sensor.detect.DetectEngine;
import io.podtap.sensor.detect.DetectRun;
import io.podtap.sensor.detect.DetectSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;

/** Runs detections with Kafka Streams. */
public final class StreamsEngine implements DetectEngine {

  /** Within the time that a container has to end. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final long REPORT_SECONDS = 60;
  private static final long RETRY_SECONDS = 5;
  private static final int REQUEST_MS = 10_000;

  private volatile @Nullable String failure;

  @Override
  public int run(DetectSettings settings, DetectRun run, PrintStream out) {
    try {
      return runUntilEnd(settings, run, out);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    } catch (KafkaException e) {
      throw new SettingsException("--kafka: " + FailureReason.of(e), e);
    }
  }

  private int runUntilEnd(DetectSettings settings, DetectRun run, PrintStream out)
      throws InterruptedException {
    KafkaStreams streams =
        new KafkaStreams(
            DetectTopology.build(settings, run), StreamsConfiguration.streams(settings));
    try {
      if (!makeTopic(settings, run, out)) {
        return 0; // told to end before a broker was there
      }
      streams.setUncaughtExceptionHandler(thrown -> onFailure(thrown, run, out));
      streams.setStateListener((now, before) -> onState(now, before, run, out));
      streams.start();
      Path logs = settings.logs();
      try (NoticeFile file = logs == null ? null : NoticeFile.start(settings, logs, out)) {
        reportUntilEnd(run, out);
        streams.close(PATIENCE);
        if (file != null) {
          file.finish();
        }
      }
    } finally {
      streams.close(Duration.ZERO); // closed already, or not begun
    }
    say(out, run.line());
    String reason = failure;
    if (reason != null) {
      say(out, "detect ends: " + reason);
      return 1;
    }
    return 0;
  }

  private static void reportUntilEnd(DetectRun run, PrintStream out) throws InterruptedException {
    long said = 0;
    while (!run.isEnding(REPORT_SECONDS)) {
      if (run.losses() > said) {
        said = run.losses();
        say(out, run.lossLine());
      }
    }
  }

  private static void say(PrintStream out, String line) {
    out.println("podtap: " + line);
  }

  /**
   * Makes the topic of notices unless it exists; Streams makes its own. Waits for a broker.
   *
   * @return false when the program was told to end meanwhile
   */
  private boolean makeTopic(DetectSettings settings, DetectRun run, PrintStream out)
      throws InterruptedException {
    String said = "";
    Admin admin = Admin.create(StreamsConfiguration.client(settings));
    try {
      while (true) {
        NewTopic topic =
            new NewTopic(
                settings.noticeTopic(), Optional.of(settings.partitions()), Optional.empty());
        KafkaFuture<Void> made =
            admin
                .createTopics(List.of(topic), new CreateTopicsOptions().timeoutMs(REQUEST_MS))
                .all();
        while (!made.isDone()) {
          if (run.isEnding(1)) {
            return false;
          }
        }
        try {
          made.get();
          return true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof TopicExistsException) {
            return true;
          }
          String reason = FailureReason.of(e);
          if (!reason.equals(said)) {
            say(out, "topic " + settings.noticeTopic() + " cannot be created yet: " + reason);
            said = reason;
          }
        }
        if (run.isEnding(RETRY_SECONDS)) {
          return false;
        }
      }
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  /** What fails again and again would be lost in restarts: the program ends, and is restarted. */
  private StreamThreadExceptionResponse onFailure(
      Throwable thrown, DetectRun run, PrintStream out) {
    Throwable cause =
        thrown instanceof StreamsException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    failure = FailureReason.of(cause);
    if (!(cause instanceof KafkaException)) {
      thrown.printStackTrace(out); // ours
    }
    run.stop();
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  private void onState(
      KafkaStreams.State now, KafkaStreams.State before, DetectRun run, PrintStream out) {
    if (now == KafkaStreams.State.RUNNING) {
      run.problem("");
      say(out, "detect runs");
    } else if (now == KafkaStreams.State.REBALANCING) {
      run.problem("partitions are being assigned");
    } else if (now == KafkaStreams.State.ERROR) {
      if (failure == null) {
        failure = "Kafka Streams stopped in state " + before;
      }
      run.stop();
    }
  }
}
