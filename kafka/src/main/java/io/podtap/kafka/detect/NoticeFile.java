/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka.detect;

import io.podtap.core.agent.Threads;
import io.podtap.core.config.SettingsException;
import io.podtap.kafka.FailureReason;
import io.podtap.sensor.detect.DetectSettings;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Appends committed notices to {@code notice.log}. Instances share the notices: each is in one
 * file. Read positions are committed behind the write, so a crash can repeat the last lines, and
 * lose none. A thread of its own.
 */
final class NoticeFile implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** The others take over a crashed instance's notices after this time. */
  private static final int SESSION_MS = 10_000;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final String topic;
  private final Path file;
  private final OutputStream target;
  private final PrintStream out;
  private final Thread thread;
  private volatile boolean finishing;
  private String said = "";

  private NoticeFile(DetectSettings settings, Path file, OutputStream target, PrintStream out) {
    this.topic = settings.noticeTopic();
    this.file = file;
    this.target = target;
    this.out = out;
    Map<String, Object> configuration = StreamsConfiguration.client(settings);
    configuration.put(ConsumerConfig.GROUP_ID_CONFIG, settings.application() + "-log");
    configuration.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    configuration.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MS);
    configuration.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    configuration.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    consumer =
        new KafkaConsumer<>(
            configuration, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    thread = Threads.unstarted("notice-log", this::copy);
  }

  /**
   * Starts to copy.
   *
   * @throws SettingsException when the file cannot be opened
   */
  static NoticeFile start(DetectSettings settings, Path folder, PrintStream out) {
    Path file = folder.resolve("notice.log");
    try {
      Files.createDirectories(folder);
      OutputStream target =
          new BufferedOutputStream(
              Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
      NoticeFile copying = new NoticeFile(settings, file, target, out);
      copying.thread.start();
      return copying;
    } catch (IOException e) {
      throw new SettingsException("log '" + file + "' cannot be written: " + e.getMessage(), e);
    }
  }

  private void copy() {
    try (consumer) {
      consumer.subscribe(List.of(topic));
      boolean more = true;
      while (more) {
        boolean last = finishing;
        int count = copyOnce();
        more = !last || count > 0;
      }
    }
  }

  /** Copies what is there; when it cannot be written, it is read again later. */
  private int copyOnce() {
    try {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      for (ConsumerRecord<byte[], byte[]> record : records) {
        target.write(record.value());
        target.write('\n');
      }
      target.flush();
      if (!records.isEmpty()) {
        consumer.commitSync();
      }
      said = "";
      return records.count();
    } catch (IOException | KafkaException e) {
      String reason = e instanceof IOException ? String.valueOf(e) : FailureReason.of(e);
      if (!reason.equals(said)) {
        out.println("podtap: log '" + file + "' is behind: " + reason);
        said = reason;
      }
      rewind();
      return 0;
    }
  }

  private void rewind() {
    try {
      if (!finishing) {
        Thread.sleep(PAUSE);
      }
      consumer
          .committed(consumer.assignment())
          .forEach((partition, offset) -> {
            if (offset == null) {
              consumer.seekToBeginning(List.of(partition));
            } else {
              consumer.seek(partition, offset);
            }
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      finishing = true;
    } catch (KafkaException e) {
      said = FailureReason.of(e); // the next read fails as well, or succeeds
    }
  }

  /** Copies what was committed until now, and ends. */
  void finish() throws InterruptedException {
    finishing = true;
    boolean _ = thread.join(PAUSE);
  }

  @Override
  public void close() {
    finishing = true;
    try {
      boolean _ = thread.join(PAUSE);
      target.close();
    } catch (IOException e) {
      out.println("podtap: log '" + file + "' cannot be written: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
