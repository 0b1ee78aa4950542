/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smb;

import io.podtap.sensor.parse.Payload;

/**
 * Reads the messages of SMB 2 and 3 that are in the clear.
 *
 * @see "[MS-SMB2] 2.2"
 */
final class Smb2Messages {

  static final int HEADER = 64;

  private static final int NEGOTIATE = 0;
  private static final int SESSION_SETUP = 1;
  private static final int TREE_CONNECT = 3;
  private static final int TREE_DISCONNECT = 4;
  private static final int CREATE = 5;
  private static final int CLOSE = 6;
  private static final int READ = 8;
  private static final int WRITE = 9;
  private static final int IOCTL = 11;
  private static final int QUERY_INFO = 16;
  private static final int SET_INFO = 17;

  private static final int RESPONSE = 1;
  private static final long STATUS_PENDING = 0x103;
  private static final long STATUS_BUFFER_OVERFLOW = 0x8000_0005L;
  private static final long STATUS_INVALID_PARAMETER = 0xC000_000DL;
  private static final long STATUS_MORE_PROCESSING = 0xC000_0016L;

  private static final long DELETE_ON_CLOSE = 0x1000;
  private static final long PIPE_TRANSCEIVE = 0x0011_C017;

  /** Kinds of information about files, [MS-FSCC] 2.4. */
  private static final int FILE_INFORMATION = 1;

  private static final int BASIC = 4;
  private static final int RENAME = 10;
  private static final int DISPOSITION = 13;

  /** What Zeek says of a name that ends behind half a character. */
  private static final String CONVERSION_FAILED = "utf16 conversion failed in utf16_to_utf8_val";

  /** Bytes of a name that are kept, in UTF-16. */
  private static final int NAME_MAX = 2_048;

  private final SmbState state;

  Smb2Messages(SmbState state) {
    this.state = state;
  }

  /** Reads one or several that are chained, each with the distance to the next. */
  void read(Frames frames, Payload head) {
    Payload message = new Payload().wrap(head, 0, head.length());
    while (message.length() >= HEADER && message.u8(0) == 0xFE) {
      message(frames, message);
      long next = message.u32Little(20);
      if (next < HEADER || next >= message.length()) {
        return;
      }
      message.skip((int) next);
    }
  }

  private void message(Frames frames, Payload m) {
    boolean isRequest = (m.u32Little(16) & RESPONSE) == 0;
    long id = m.u64Little(24);
    long treeId = m.u32Little(36);
    SmbCommand command = state.command(id, treeId, isRequest);
    if (treeId == 0) {
      command.tree = new Share(state.session.nowNs());
    } else if (command.isKnown) {
      state.tree(treeId, command.tree);
    } else {
      command.tree = state.tree(treeId);
    }
    command.isKnown = true;
    if (isRequest) {
      request(frames, m, command, treeId);
      return;
    }
    long status = m.u32Little(8);
    if (!isError(status, m.u16Little(12))) {
      response(frames, m, command, treeId);
    }
    if (status != STATUS_PENDING) {
      state.answered(id);
    }
  }

  private static boolean isError(long status, int operation) {
    if (status == STATUS_BUFFER_OVERFLOW) {
      return operation != IOCTL && operation != QUERY_INFO && operation != READ;
    }
    if (status == STATUS_INVALID_PARAMETER) {
      return operation != IOCTL;
    }
    if (status == STATUS_MORE_PROCESSING) {
      return operation != SESSION_SETUP;
    }
    return status != 0;
  }

  private String name(Payload m, int offset, int length) {
    if (m.isWideTextCut(offset, length)) {
      state.session.weird("utf16_conversion_failed", CONVERSION_FAILED, /* source= */ "");
    }
    return m.wideText(offset, Math.clamp(length, 0, NAME_MAX));
  }

  /** Returns a file's identifier as Zeek has it: the sum of its halves. */
  private static long fileId(Payload m, int at) {
    return m.u64Little(at) + m.u64Little(at + 8);
  }

  private void request(Frames frames, Payload m, SmbCommand command, long treeId) {
    switch (m.u16Little(12)) {
      case SESSION_SETUP ->
          state.login(true, new Payload().wrap(m, m.u16Little(76), m.u16Little(78)));
      case TREE_CONNECT -> command.tree.path = name(m, m.u16Little(68), m.u16Little(70));
      case TREE_DISCONNECT -> state.forgetTree(treeId);
      case CREATE -> create(m, command, treeId);
      case CLOSE -> close(command, fileId(m, 72));
      case READ -> {
        command.fileId = fileId(m, 80);
        command.offset = m.u64Little(72);
        state.file(command, command.fileId).action = command.tree.action("READ");
      }
      case WRITE -> write(frames, m, command, treeId);
      case IOCTL -> {
        command.fileId = fileId(m, 72);
        command.isPipe = m.u32Little(68) == PIPE_TRANSCEIVE;
        if (command.isPipe) {
          pipe(frames, m, command, m.u32Little(88), m.u32Little(92), /* fromOriginator= */ true);
        }
      }
      case SET_INFO -> change(m, command);
      default -> {}
    }
  }

  private void create(Payload m, SmbCommand command, long treeId) {
    String name = name(m, m.u16Little(108), m.u16Little(110));
    state.guessPipe(treeId, command.tree, name);
    command.createOptions = m.u32Little(104);
    command.file.name(name.isEmpty() ? "<share_root>" : name);
    command.file.action = command.tree.action("OPEN");
  }

  private void close(SmbCommand command, long id) {
    OpenFile file = state.file(command, id);
    file.action = command.tree.action("CLOSE");
    if (command.tree.path != null) {
      file.path = command.tree.path;
    }
    state.close(id);
    state.log(file);
  }

  private void write(Frames frames, Payload m, SmbCommand command, long treeId) {
    long id = fileId(m, 80);
    OpenFile file = state.file(command, id);
    file.action = command.tree.action("WRITE");
    long length = m.u32Little(68);
    if (state.isPipeTree(treeId)) {
      command.fileId = id;
      pipe(frames, m, command, m.u16Little(66), length, /* fromOriginator= */ true);
    } else {
      content(frames, m, file, m.u16Little(66), length, m.u64Little(72), /* written= */ true);
    }
  }

  private void content(
      Frames frames,
      Payload m,
      OpenFile file,
      int dataOffset,
      long length,
      long fileOffset,
      boolean written) {
    if (dataOffset >= HEADER && length > 0 && fileOffset >= 0) {
      frames.follow(
          m,
          dataOffset,
          length,
          (offset, data) -> state.content(file, written, fileOffset + offset, data));
    }
  }

  private void pipe(
      Frames frames, Payload m, SmbCommand command, long at, long length, boolean fromOriginator) {
    long id = command.fileId;
    if (at >= HEADER && length > 0) {
      frames.follow(
          m,
          (int) Math.min(at, Integer.MAX_VALUE),
          length,
          (offset, data) -> state.pipe(id, fromOriginator, data));
    }
  }

  private void change(Payload m, SmbCommand command) {
    if (m.u8(66) != FILE_INFORMATION) {
      return;
    }
    int at = m.u16Little(72);
    switch (m.u8(67)) {
      case BASIC -> {
        OpenFile file = state.file(command, fileId(m, 80));
        file.action = "SMB::FILE_SET_ATTRIBUTE";
      }
      case RENAME -> {
        OpenFile file = state.file(command, fileId(m, 80));
        file.rename(name(m, at + 20, Math.clamp(m.u32Little(at + 16), 0, NAME_MAX)));
        file.action = "SMB::FILE_RENAME";
        state.log(file);
      }
      case DISPOSITION -> {
        OpenFile file = state.file(command, fileId(m, 80));
        if (m.u8(at) > 0) {
          file.action = "SMB::FILE_DELETE";
        }
        state.log(file);
      }
      default -> {}
    }
  }

  private void response(Frames frames, Payload m, SmbCommand command, long treeId) {
    switch (m.u16Little(12)) {
      case NEGOTIATE ->
          state.login(
              /* fromOriginator= */ false,
              new Payload().wrap(m, m.u16Little(120), m.u16Little(122)));
      case SESSION_SETUP ->
          state.login(
              /* fromOriginator= */ false, new Payload().wrap(m, m.u16Little(68), m.u16Little(70)));
      case TREE_CONNECT -> {
        int type = m.u8(66);
        state.isPipeTree(treeId, type == 2);
        command.tree.shareType =
            type == 1 ? "DISK" : type == 2 ? "PIPE" : type == 3 ? "PRINT" : "unknown-" + type;
        state.log(command.tree);
      }
      case CREATE -> created(m, command);
      case READ -> {
        long length = m.u32Little(68);
        if (state.isPipeTree(command.treeId)) {
          pipe(frames, m, command, m.u8(66), length, /* fromOriginator= */ false);
        } else {
          int at = Math.max(0, m.u8(66));
          content(frames, m, command.file, at, length, command.offset, /* written= */ false);
        }
      }
      case IOCTL -> {
        if (m.u32Little(68) == PIPE_TRANSCEIVE) {
          long length = m.u32Little(100);
          pipe(frames, m, command, m.u32Little(96), length, /* fromOriginator= */ false);
        }
      }
      default -> {}
    }
  }

  private void created(Payload m, SmbCommand command) {
    long id = fileId(m, 128);
    OpenFile file = state.file(command, id);
    file.opened(m, 72, m.u64Little(112));
    if (command.tree.path != null) {
      file.path = command.tree.path;
    }
    state.log(file);
    if (m.u32Little(8) == 0 && (command.createOptions & DELETE_ON_CLOSE) != 0) {
      file.action = "SMB::FILE_DELETE";
      state.log(file);
    }
  }
}
