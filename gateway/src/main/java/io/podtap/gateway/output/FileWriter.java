/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.pcap.FrameQueue;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Frames as pcapng files, a new one by size and age. What the disk does not take is counted; the
 * file is cut back to its last whole block, and a new one is tried a second later. Frames count as
 * written once the file was seen in its place after them: in a file that was removed or replaced
 * they are lost, and counted so.
 */
final class FileWriter implements FrameWriter {

  private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long RETAIN_NS = TimeUnit.SECONDS.toNanos(10);

  /** The file is looked for no more often. */
  private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private final OutputSettings.Files limits;
  private final CaptureFiles files;
  private final Senders senders;
  private final OutputLedger ledger;
  private final BlockRun run = new BlockRun();
  private @Nullable OpenFile open;
  private long retryNs = System.nanoTime();
  private long nextRetainNs = System.nanoTime();
  private long lookNs = System.nanoTime();

  /** Written since the file was last seen in its place. */
  private long frames;

  private long frameBytes;
  private volatile String problem = "";

  /** The file that is written. */
  private static final class OpenFile {
    final Path path;
    final FileChannel channel;
    final BlockWriter blocks;
    private final @Nullable Object key;
    final long openedNs = System.nanoTime();

    OpenFile(Path path, Senders senders) throws IOException {
      this.path = path;
      channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try {
        blocks = new BlockWriter(channel, senders);
        key = attributes().fileKey();
      } catch (IOException e) {
        channel.close();
        Files.deleteIfExists(path);
        throw e;
      }
    }

    private BasicFileAttributes attributes() throws IOException {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /** Returns whether the file at the path is still this one. */
    boolean isInPlace() {
      try {
        return Objects.equals(attributes().fileKey(), key);
      } catch (IOException e) {
        return false; // removed, or its folder
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
    int count = run.next(queue);
    if (count <= 0) {
      settle();
      return count;
    }
    if (write(queue, run)) {
      frames += run.frames();
      frameBytes += run.frameBytes();
    } else {
      ledger.fail(OutputFailure.NOT_WRITTEN, run.frames());
    }
    queue.blocks().release(run.to());
    OpenFile file = open;
    if (file != null && limits.rotateBytes() > 0 && file.blocks.bytes() >= limits.rotateBytes()) {
      finish();
    }
    return count;
  }

  /** Counts what was written since the file was last seen, unless it was seen just now. */
  private void settle() {
    if (frames > 0 && System.nanoTime() - lookNs >= LOOK_NS) {
      look();
    }
  }

  /** Looks for the file: what was written into another one than is there is lost. */
  private void look() {
    OpenFile file = open;
    lookNs = System.nanoTime();
    if (file == null) {
      return;
    }
    if (file.isInPlace()) {
      ledger.write(frames, frameBytes);
    } else {
      ledger.fail(OutputFailure.NOT_WRITTEN, frames);
      problem = "capture file: '" + file.path + "' was removed while it was written";
      open = null;
      close(file);
    }
    frames = 0;
    frameBytes = 0;
  }

  private void close(OpenFile file) {
    try {
      file.channel.close();
    } catch (IOException e) {
      problem = "capture file: " + e.getMessage();
    }
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

  /** Completes the file; the next frame begins another one. */
  private void finish() {
    look();
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
    look();
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
    files.close();
  }
}
