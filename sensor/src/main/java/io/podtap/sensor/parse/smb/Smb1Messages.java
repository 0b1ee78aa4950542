/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smb;

import io.podtap.sensor.parse.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of SMB 1.
 *
 * <pre>
 *   0        4       5        9     10     12        24   26   28   30
 *  +--------+-------+--------+-----+------+---------+----+----+----+----+
 *  |FF S M B|command| status |flags|flags2|   ...   |tree|pid |uid |mid |
 *  +--------+-------+--------+-----+------+---------+----+----+----+----+
 *  |word count (1)| words (2 each) | byte count (2) | bytes ...
 * </pre>
 *
 * The words of some commands begin with the next command (1), a zero and where it stands (2): they
 * are chained. A message that is cut is left out, as Zeek does.
 *
 * @see "[MS-CIFS] 2.2.3, 2.2.4; [MS-SMB] 2.2.4"
 */
final class Smb1Messages {

  static final int HEADER = 32;

  private static final int CLOSE = 0x04;
  private static final int LOCKING_ANDX = 0x24;
  private static final int TRANSACTION = 0x25;
  private static final int READ_ANDX = 0x2E;
  private static final int WRITE_ANDX = 0x2F;
  private static final int NEGOTIATE = 0x72;
  private static final int SESSION_SETUP_ANDX = 0x73;
  private static final int LOGOFF_ANDX = 0x74;
  private static final int TREE_CONNECT_ANDX = 0x75;
  private static final int NT_CREATE_ANDX = 0xA2;
  private static final int NO_FURTHER = 0xFF;

  private static final int CHAIN_MAX = 10;
  private static final int UNICODE = 0x8000;
  private static final long EXTENDED_SECURITY = 0x8000_0000L;
  private static final int NAME_MAX = 2_048;

  private final SmbState state;
  private Payload m = new Payload();
  private SmbCommand command;
  private boolean isUnicode;

  /** Where a text that was read last ends. */
  private int textEnd;

  Smb1Messages(SmbState state) {
    this.state = state;
    this.command = state.unknown();
  }

  /** Reads one, with all that is chained in it. */
  void read(boolean fromOriginator, Frames frames, Payload head) {
    if (head.length() < HEADER + 3) {
      return;
    }
    m = head;
    isUnicode = (m.u16Little(10) & UNICODE) != 0;
    int treeId = m.u16Little(24);
    int id = m.u16Little(30);
    Share tree = state.tree(treeId);
    command = state.command(id, treeId, fromOriginator);
    if (!command.isKnown) {
      command.isKnown = true;
      command.tree = tree;
    }
    if (head.length() > HEADER + 3) { // less is an empty answer
      chain(fromOriginator, frames, treeId);
    }
    if (!fromOriginator) {
      state.answered(id);
    }
  }

  private void chain(boolean fromOriginator, Frames frames, int treeId) {
    int code = m.u8(4);
    int at = HEADER;
    for (int depth = 0; code != NO_FURTHER; depth++) {
      if (fromOriginator) {
        request(frames, code, at, treeId);
      } else {
        response(frames, code, at, treeId);
      }
      if (!isChained(code) || m.u8(at) < 2) {
        return;
      }
      int next = m.u8(at + 1);
      int offset = m.u16Little(at + 3);
      if (next != NO_FURTHER && offset <= at) {
        state.session.weird("smb_andx_offset_not_advancing", "");
        return;
      }
      if (next != NO_FURTHER && depth >= CHAIN_MAX) {
        state.session.weird("smb_andx_depth_exceeded", "");
        return;
      }
      code = next;
      at = offset;
    }
  }

  private static boolean isChained(int code) {
    return switch (code) {
      case LOCKING_ANDX,
          READ_ANDX,
          WRITE_ANDX,
          SESSION_SETUP_ANDX,
          LOGOFF_ANDX,
          TREE_CONNECT_ANDX,
          NT_CREATE_ANDX ->
          true;
      default -> false;
    };
  }

  private void request(Frames frames, int code, int at, int treeId) {
    int words = m.u8(at);
    switch (code) {
      case SESSION_SETUP_ANDX -> {
        if (words == 12) {
          login(/* fromOriginator= */ true, at + 27, m.u16Little(at + 15));
        }
      }
      case TREE_CONNECT_ANDX -> connect(at);
      case NT_CREATE_ANDX -> {
        String name = text(at + 51);
        if (name != null) {
          state.guessPipe(treeId, state.tree(treeId), name);
          command.file = new OpenFile(state.session.nowNs());
          command.file.name(name);
          command.file.action = "SMB::FILE_OPEN";
        }
      }
      case READ_ANDX -> {
        if (words >= 10) {
          long high = words == 12 ? m.u32Little(at + 21) : 0;
          command.offset = (high == 0xFFFF_FFFFL ? 0 : high << 32) + m.u32Little(at + 7);
          use(m.u16Little(at + 5), treeId, "SMB::FILE_READ");
        }
      }
      case WRITE_ANDX -> {
        if (words >= 12) {
          write(frames, at, words, treeId);
        }
      }
      case CLOSE -> {
        if (words == 3) {
          close(m.u16Little(at + 1), treeId);
        }
      }
      case TRANSACTION -> transaction(frames, at, words, treeId);
      default -> {}
    }
  }

  /** Hands a login's token on when the two texts behind it are there. */
  private void login(boolean fromOriginator, int tokenAt, int length) {
    if (length >= 0 && text(tokenAt + length) != null && text(textEnd) != null) {
      state.login(fromOriginator, new Payload().wrap(m, tokenAt, length));
    }
  }

  /** Returns the text at {@code at}, which ends with a zero, or null when it does not end. */
  private @Nullable String text(int at) {
    return isUnicode ? wideText(at) : narrowText(at);
  }

  private @Nullable String wideText(int unaligned) {
    int at = unaligned + (unaligned & 1);
    int end = at;
    while (m.u16Little(end) > 0) {
      end += 2;
    }
    if (m.u16Little(end) != 0) {
      return null;
    }
    textEnd = end + 2;
    return m.wideText(at, Math.min(end - at, NAME_MAX));
  }

  private @Nullable String narrowText(int at) {
    int end = m.indexOf(0, at);
    if (end < 0) {
      return null;
    }
    textEnd = end + 1;
    return m.text(at, Math.min(end - at, NAME_MAX));
  }

  private void connect(int at) {
    int password = m.u16Little(at + 7);
    String path = password < 0 ? null : text(at + 11 + password);
    String service = path == null ? null : narrowText(textEnd);
    if (service != null) {
      Share asked = new Share(state.session.nowNs());
      asked.path = path;
      asked.service = service;
      command.tree = asked;
    }
  }

  private OpenFile use(int fileId, int treeId, String action) {
    OpenFile file = state.file(command, fileId);
    file.action = action;
    Share tree = state.tree(treeId);
    if (file.path == null && tree.path != null) {
      file.path = tree.path;
    }
    return file;
  }

  private void write(Frames frames, int at, int words, int treeId) {
    OpenFile file = use(m.u16Little(at + 5), treeId, "SMB::FILE_WRITE");
    long high = words == 14 ? m.u32Little(at + 25) : 0;
    long offset = (Math.max(0, high) << 32) + m.u32Little(at + 7);
    long length = ((long) m.u16Little(at + 19) << 16) + m.u16Little(at + 21);
    data(frames, file, m.u16Little(at + 23), length, offset, treeId, /* fromOriginator= */ true);
  }

  private void data(
      Frames frames,
      OpenFile file,
      int dataAt,
      long length,
      long fileOffset,
      int treeId,
      boolean fromOriginator) {
    if (dataAt < HEADER || length <= 0 || fileOffset < 0) {
      return;
    }
    if (state.isPipeTree(treeId)) {
      frames.follow(m, dataAt, length, (at, data) -> state.pipe(0, fromOriginator, data));
    } else {
      frames.follow(
          m,
          dataAt,
          length,
          (at, data) -> state.content(file, fromOriginator, fileOffset + at, data));
    }
  }

  private void close(int fileId, int treeId) {
    OpenFile file = state.file(command, fileId);
    file.action = "SMB::FILE_CLOSE";
    Share tree = state.tree(treeId);
    if (tree.path != null) {
      file.path = tree.path;
    }
    state.closeFile(fileId);
  }

  /** A call through a pipe: its request and its response in one command. */
  private void transaction(Frames frames, int at, int words, int treeId) {
    if (words < 14) {
      return;
    }
    int setup = m.u8(at + 27);
    String name = text(at + 31 + 2 * setup);
    if (name == null) {
      return;
    }
    boolean isPipe = name.startsWith("\\PIPE\\") && !name.startsWith("\\PIPE\\LANMAN");
    command.isPipe = isPipe || (!name.startsWith("\\PIPE\\") && state.isPipeTree(treeId));
    if (isPipe) {
      pipe(frames, m.u16Little(at + 25), m.u16Little(at + 23), /* fromOriginator= */ true);
    }
  }

  private void pipe(Frames frames, int dataAt, int length, boolean fromOriginator) {
    if (dataAt >= HEADER && length > 0) {
      frames.follow(m, dataAt, length, (at, data) -> state.pipe(0, fromOriginator, data));
    }
  }

  private void response(Frames frames, int code, int at, int treeId) {
    int words = m.u8(at);
    switch (code) {
      case NEGOTIATE -> {
        if (words == 17 && (m.u32Little(at + 20) & EXTENDED_SECURITY) != 0) {
          int length = m.u16Little(at + 35) - 16;
          state.login(/* fromOriginator= */ false, new Payload().wrap(m, at + 53, length));
        }
      }
      case SESSION_SETUP_ANDX -> {
        if (words == 4) {
          login(/* fromOriginator= */ false, at + 11, m.u16Little(at + 7));
        }
      }
      case TREE_CONNECT_ANDX -> connected(at, words, treeId);
      case NT_CREATE_ANDX -> {
        if (words >= 34) {
          OpenFile file = command.file;
          file.action = "SMB::FILE_OPEN";
          file.opened(m, at + 12, m.u64Little(at + 56));
          state.file(m.u16Little(at + 6), file);
          state.log(file);
        }
      }
      case READ_ANDX -> {
        if (words == 12) {
          long length = ((long) m.u16Little(at + 15) << 16) + m.u16Little(at + 11);
          int dataAt = m.u16Little(at + 13);
          data(
              frames,
              command.file,
              dataAt,
              length,
              command.offset,
              treeId,
              /* fromOriginator= */ false);
        }
      }
      case TRANSACTION -> {
        if (words >= 10 && command.isPipe) {
          pipe(frames, m.u16Little(at + 15), m.u16Little(at + 13), /* fromOriginator= */ false);
        }
      }
      default -> {}
    }
  }

  private void connected(int at, int words, int treeId) {
    if (words < 2) {
      return; // an error
    }
    int bytesAt = at + 1 + 2 * words;
    int count = m.u16Little(bytesAt);
    String service = narrowText(bytesAt + 2);
    if (service == null) {
      return;
    }
    int used = textEnd - bytesAt - 2;
    String fileSystem = count > used ? text(textEnd) : "";
    if (fileSystem == null) {
      return;
    }
    Share tree = command.tree;
    if (tree.path == null) {
      state.session.weird(
          "smb_tree_connect_andx_response_without_tree",
          "current_cmd=TREE_CONNECT_ANDX",
          /* source= */ "");
      return;
    }
    tree.service = service;
    if (service.equals("IPC")) {
      tree.shareType = "PIPE";
    }
    if (!fileSystem.isEmpty()) {
      tree.fileSystem = fileSystem;
    }
    state.isPipeTree(treeId, service.startsWith("IPC"));
    state.tree(treeId, tree);
    state.log(tree);
  }
}
