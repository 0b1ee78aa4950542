/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.record;

import io.podtap.core.agent.Termination;
import io.podtap.core.agent.Threads;
import io.podtap.core.config.SettingsException;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.Privileges;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.source.SourceSettings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;

/**
 * {@code podtap tap --write}.
 *
 * @param file where to, {@code -} for standard output
 * @param endsWithInput whether anything on {@code in}, its end too, ends the recording: a client
 *     that goes away leaves nothing behind
 * @param log told in single lines what was done
 */
public record RecordingProgram(
    String file, boolean endsWithInput, InputStream in, PrintStream log) {

  private static final long DRAIN_MS_MAX = 900;

  /** Returns the exit code. */
  public int run(SourceSettings settings, SegmentSettings segment) {
    if (!(settings instanceof SourceSettings.Live live)) {
      throw new SettingsException("--write records interfaces and excludes --read");
    }
    try (Recording recording = Recording.open(live, segment, new RecordingFile(channel()))) {
      dropPrivileges();
      log.println("podtap: records " + live.label());
      try (Termination termination = Termination.install(recording::stop, DRAIN_MS_MAX)) {
        if (endsWithInput) {
          Threads.start("input", () -> awaitInput(recording));
        }
        recording.run();
        log.println(recording.finish());
        termination.exitCode(0);
        return 0;
      }
    } catch (UncheckedIOException e) {
      log.println("podtap: '" + file + "' takes no more: " + e.getMessage());
      return 1;
    }
  }

  private FileChannel channel() {
    try {
      return file.equals("-")
          ? new FileOutputStream(FileDescriptor.out).getChannel()
          : new FileOutputStream(file).getChannel();
    } catch (IOException e) {
      throw new SettingsException("'" + file + "' cannot be written: " + e.getMessage(), e);
    }
  }

  private static void dropPrivileges() {
    try {
      Privileges.dropAllBut(Privileges.CAP_NET_RAW);
    } catch (LinuxException e) {
      // a sandbox that refuses: it goes on with what it has
    }
  }

  private void awaitInput(Recording recording) {
    try {
      in.read();
    } catch (IOException e) {
      log.println("podtap: standard input: " + e.getMessage());
    }
    recording.stop();
  }
}
