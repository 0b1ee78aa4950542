/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka.detect;

import io.podtap.core.agent.Threads;
import io.podtap.core.config.SettingsException;
import io.podtap.kafka.FailureReason;
import io.podtap.sensor.detect.DetectEngine;
import io.podtap.sensor.detect.DetectSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;

/** Runs detections with Kafka Streams. */
public final class StreamsEngine implements DetectEngine {

  /** Within the time that a container has to end. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private static final long REPORT_SECONDS = 60;
  private static final long RETRY_SECONDS = 5;
  private static final int REQUEST_MS = 10_000;

  private final CountDownLatch ending = new CountDownLatch(1);
  private volatile @Nullable String failure;

  @Override
  public int run(DetectSettings settings, PrintStream out) {
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(Threads.unstarted("detect-end", () -> end(ended)));
    try {
      return runUntilEnd(settings, out);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    } catch (KafkaException e) {
      throw new SettingsException("--kafka: " + FailureReason.of(e), e);
    } finally {
      ended.countDown();
    }
  }

  /** Asks the program to end and waits until it has; the process ends behind this. */
  private void end(CountDownLatch ended) {
    ending.countDown();
    try {
      boolean _ = ended.await(PATIENCE.plusSeconds(5).toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int runUntilEnd(DetectSettings settings, PrintStream out) throws InterruptedException {
    DetectCounts counts = new DetectCounts();
    try (KafkaStreams streams =
        new KafkaStreams(
            DetectTopology.build(settings, counts), StreamsConfiguration.streams(settings))) {
      if (!makeTopic(settings, out)) {
        return 0; // told to end before a broker was there
      }
      streams.setUncaughtExceptionHandler(thrown -> onFailure(thrown, out));
      streams.setStateListener((now, before) -> onState(now, before, out));
      streams.start();
      Path logs = settings.logs();
      try (NoticeFile file = logs == null ? null : NoticeFile.start(settings, logs, out)) {
        while (!ending.await(REPORT_SECONDS, TimeUnit.SECONDS)) {
          say(out, counts.lossLine());
        }
        streams.close(PATIENCE);
        if (file != null) {
          file.finish();
        }
      }
    }
    say(out, counts.line());
    String reason = failure;
    if (reason != null) {
      say(out, "detect ends: " + reason);
      return 1;
    }
    return 0;
  }

  private static void say(PrintStream out, String line) {
    if (!line.isEmpty()) {
      out.println("podtap: " + line);
    }
  }

  /**
   * Makes the topic of notices unless it exists; Streams makes its own. Waits for a broker.
   *
   * @return false when the program was told to end meanwhile
   */
  private boolean makeTopic(DetectSettings settings, PrintStream out) throws InterruptedException {
    String said = "";
    try (Admin admin = Admin.create(StreamsConfiguration.client(settings))) {
      while (true) {
        NewTopic topic =
            new NewTopic(
                settings.noticeTopic(), Optional.of(settings.partitions()), Optional.empty());
        try {
          admin.createTopics(List.of(topic)).all().get(REQUEST_MS, TimeUnit.MILLISECONDS);
          return true;
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
          if (e.getCause() instanceof TopicExistsException) {
            return true;
          }
          String reason = FailureReason.of(e.getCause() == null ? e : e.getCause());
          if (!reason.equals(said)) {
            say(out, "topic " + settings.noticeTopic() + " cannot be created yet: " + reason);
            said = reason;
          }
        }
        if (ending.await(RETRY_SECONDS, TimeUnit.SECONDS)) {
          return false;
        }
      }
    }
  }

  /** What fails again and again would be lost in restarts: the program ends, and is restarted. */
  private StreamThreadExceptionResponse onFailure(Throwable thrown, PrintStream out) {
    Throwable cause =
        thrown instanceof StreamsException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    failure = FailureReason.of(cause);
    thrown.printStackTrace(out);
    ending.countDown();
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  private void onState(KafkaStreams.State now, KafkaStreams.State before, PrintStream out) {
    if (now == KafkaStreams.State.RUNNING) {
      say(out, "detect runs");
    } else if (now == KafkaStreams.State.ERROR) {
      if (failure == null) {
        failure = "Kafka Streams stopped in state " + before;
      }
      ending.countDown();
    }
  }
}
