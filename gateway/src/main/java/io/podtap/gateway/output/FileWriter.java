/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.pcap.FrameQueue;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Frames as pcapng files that begin anew by size and age. What the disk does not take is counted;
 * the file is cut back to its last whole block, and a new one is tried a second later.
 */
final class FileWriter implements FrameWriter {

  private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long RETAIN_NS = TimeUnit.SECONDS.toNanos(10);

  private final OutputSettings.Files limits;
  private final CaptureFiles files;
  private final Senders senders;
  private final OutputLedger ledger;
  private final BlockRun run = new BlockRun();
  private @Nullable OpenFile open;
  private long retryNs = System.nanoTime();
  private long nextRetainNs = System.nanoTime();
  private volatile String problem = "";

  /** The file that is written. */
  private static final class OpenFile {
    final Path path;
    final FileChannel channel;
    final BlockWriter blocks;
    final long openedNs = System.nanoTime();

    OpenFile(Path path, Senders senders) throws IOException {
      this.path = path;
      channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try {
        blocks = new BlockWriter(channel, senders);
      } catch (IOException e) {
        channel.close();
        Files.deleteIfExists(path);
        throw e;
      }
    }
  }

  FileWriter(
      OutputSettings.Files limits, CaptureFiles files, Senders senders, OutputLedger ledger) {
    this.limits = limits;
    this.files = files;
    this.senders = senders;
    this.ledger = ledger;
  }

  @Override
  public int write(FrameQueue queue) {
    int frames = run.next(queue);
    if (frames <= 0) {
      return frames;
    }
    if (write(queue, run)) {
      ledger.write(run.frames(), run.frameBytes());
    } else {
      ledger.fail(OutputFailure.NOT_WRITTEN, run.frames());
    }
    queue.blocks().release(run.to());
    return frames;
  }

  private boolean write(FrameQueue queue, BlockRun next) {
    OpenFile file = open;
    if (file == null && System.nanoTime() - retryNs < 0) {
      return false;
    }
    long good = 0;
    try {
      if (file == null) {
        file = new OpenFile(files.next(Instant.now()), senders);
        open = file;
      }
      good = file.channel.position();
      file.blocks.write(queue.blocks(), next.from(), next.to());
      problem = "";
      if (limits.rotateBytes() > 0 && file.blocks.bytes() >= limits.rotateBytes()) {
        finish();
      }
      return true;
    } catch (IOException e) {
      failed(e, good);
      return false;
    }
  }

  private void failed(IOException e, long good) {
    problem = "capture file: " + e.getMessage();
    retryNs = System.nanoTime() + RETRY_NS;
    OpenFile file = open;
    if (file == null) {
      return;
    }
    try {
      file.channel.truncate(good);
    } catch (IOException again) {
      e.addSuppressed(again);
    }
    finish();
  }

  /** Completes the file; the next frame begins another. */
  private void finish() {
    OpenFile file = open;
    open = null;
    if (file == null) {
      return;
    }
    try {
      file.channel.close();
      files.finish(file.path);
      files.retain(Instant.now());
    } catch (IOException e) {
      problem = "capture file: " + e.getMessage();
    }
  }

  @Override
  public void maintain(long nowNs) {
    OpenFile file = open;
    if (file != null
        && limits.rotateSeconds() > 0
        && nowNs - file.openedNs >= TimeUnit.SECONDS.toNanos(limits.rotateSeconds())) {
      finish();
    }
    if (nowNs - nextRetainNs >= 0) {
      nextRetainNs = nowNs + RETAIN_NS;
      try {
        files.retain(Instant.now());
      } catch (IOException e) {
        problem = "capture files: " + e.getMessage();
      }
    }
  }

  @Override
  public String problem() {
    return problem;
  }

  @Override
  public void close() {
    finish();
  }
}
