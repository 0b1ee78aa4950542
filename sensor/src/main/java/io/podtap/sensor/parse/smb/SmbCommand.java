/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smb;

/** A request that waits for its response: what it is about. One thread. */
final class SmbCommand {

  /** Heap of one with a file that is not open yet. */
  static final long BYTES = 48 + OpenFile.BYTES;

  /** The share; replaced by the one that a response is about. */
  Share tree;

  /** The file; replaced by the one that is known under the identifier in the request. */
  OpenFile file;

  /** Whether a message of it has been seen before. */
  boolean isKnown;

  /** The tree's number in the request, where a response may not have it. */
  long treeId;

  /** The identifier of the file in the request: of reads, and of what goes through a pipe. */
  long fileId;

  /** Where in the file a read begins. */
  long offset;

  /** The options of SMB 2's CREATE. */
  long createOptions;

  /** Whether it carries what a pipe is to answer. */
  boolean isPipe;

  SmbCommand(Share tree, OpenFile file) {
    this.tree = tree;
    this.file = file;
  }
}
