/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smb;

import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.MessageParser;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What is known of one connection, in either version: requests without a response, shares, open
 * files, pipes. As in Zeek a request makes an object for the file that it is about, and the object
 * becomes the file's once its identifier is known. One thread.
 */
final class SmbState {

  /** Requests without a response, files, shares and pipes, at most each: Zeek's bound. */
  private static final int COUNT_MAX = 1_000;

  /** Records that are remembered so that the same is not said twice, and for how long. */
  private static final int RECENT_MAX = 1_000;

  private static final long RECENT_NS = TimeUnit.MINUTES.toNanos(3);

  private static final long PIPE_TREE_BYTES = HeapSize.MAP_ENTRY + 24;

  /** What is a pipe though its share was not seen. */
  private static final Set<String> PIPE_NAMES =
      Set.of("spoolss", "winreg", "samr", "srvsvc", "netdfs", "lsarpc", "wkssvc", "MsFteWds");

  private static final Set<String> LOGGED =
      Set.of(
          "SMB::FILE_OPEN",
          "SMB::FILE_RENAME",
          "SMB::FILE_DELETE",
          "SMB::PRINT_OPEN",
          "SMB::PRINT_CLOSE");

  final Session session;
  private final SmbProtocol protocol;
  private final Kept<SmbCommand> commands;
  private final Kept<Share> trees;
  private final Kept<OpenFile> files;
  private final Kept<StreamParser> pipes;
  private final Set<Long> pipeTrees = new HashSet<>();
  private final Map<String, Long> recent = new LinkedHashMap<>(4);
  private final HeldHeap held;

  SmbState(SmbProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    HeapAccount account = session.account();
    this.commands = new Kept<>(account, COUNT_MAX, command -> SmbCommand.BYTES, command -> {});
    this.trees = new Kept<>(account, COUNT_MAX, tree -> Share.BYTES, tree -> {});
    this.files = new Kept<>(account, COUNT_MAX, file -> OpenFile.BYTES, OpenFile::close);
    this.pipes = new Kept<>(account, COUNT_MAX, pipe -> 32, StreamParser::onFlowEnd);
    this.held = new HeldHeap(account);
  }

  /** Returns the share of this number; one that was not seen begins without a path. */
  Share tree(long id) {
    Share known = trees.get(id);
    if (known == null) {
      known = new Share(session.nowNs());
      trees.put(id, known);
    }
    return known;
  }

  void tree(long id, Share tree) {
    trees.put(id, tree);
  }

  void forgetTree(long id) {
    trees.remove(id);
    if (pipeTrees.remove(id)) {
      held.remove(PIPE_TREE_BYTES);
    }
  }

  boolean isPipeTree(long id) {
    return pipeTrees.contains(id);
  }

  void isPipeTree(long id, boolean isPipe) {
    if (isPipe && pipeTrees.size() < COUNT_MAX && pipeTrees.add(id)) {
      held.add(PIPE_TREE_BYTES);
    }
  }

  /** Takes a share for one of pipes when something is opened there that is always a pipe. */
  void guessPipe(long treeId, Share tree, String name) {
    if (!isPipeTree(treeId) && PIPE_NAMES.contains(name)) {
      isPipeTree(treeId, /* isPipe= */ true);
      tree.path = "<unknown>";
      tree.shareType = "PIPE";
    }
  }

  /** Returns the request of this number, or one that begins now. */
  SmbCommand command(long id, long treeId, boolean isRequest) {
    SmbCommand known = commands.get(id);
    if (known == null) {
      if (isRequest && commands.count() >= COUNT_MAX) {
        session.weird(
            "SMB_discarded_messages_state",
            "state=tree fid_map="
                + files.count()
                + " tid_map="
                + trees.count()
                + " pending_cmds="
                + commands.count()
                + " pipe_map=0",
            "SMB2");
        commands.clear();
        closeFiles();
      }
      known = unknown();
      commands.put(id, known);
    }
    if (isRequest) {
      known.treeId = treeId;
    }
    return known;
  }

  /** Returns a request that is none yet. */
  SmbCommand unknown() {
    return new SmbCommand(new Share(session.nowNs()), new OpenFile(session.nowNs()));
  }

  void answered(long id) {
    commands.remove(id);
  }

  /** Leads a request to the file with this identifier; a new one becomes what the request has. */
  OpenFile file(SmbCommand command, long id) {
    OpenFile known = files.get(id);
    if (known == null) {
      files.put(id, command.file);
    } else {
      command.file = known;
    }
    return command.file;
  }

  /** Makes a file known under its identifier. */
  void file(long id, OpenFile file) {
    files.put(id, file);
  }

  /** Ends a file's content and forgets its identifier. */
  void closeFile(long id) {
    OpenFile closed = files.remove(id);
    if (closed != null) {
      closed.close();
    }
  }

  /** As above; a pipe of this identifier ends as well. */
  void close(long id) {
    closeFile(id);
    StreamParser pipe = pipes.remove(id);
    if (pipe != null) {
      pipe.onFlowEnd();
    }
  }

  void content(OpenFile file, boolean written, long offset, Payload data) {
    file.data(protocol.files, session, written, offset, data);
  }

  /** Hands what goes through a pipe to DCE-RPC. */
  void pipe(long fileId, boolean fromOriginator, Payload data) {
    StreamParser known = pipes.get(fileId);
    if (known == null) {
      if (pipes.count() >= COUNT_MAX) {
        session.weird("SMB_discarded_dce_rpc_analyzers", "", "SMB");
        pipes.all().forEach(StreamParser::onFlowEnd);
        pipes.clear();
      }
      known = session.inner(Service.DCE_RPC);
      if (known == null) {
        return;
      }
      pipes.put(fileId, known);
    }
    known.onData(fromOriginator, data);
  }

  /** Hands on a login's token: raw NTLM, or GSS-API. */
  void login(boolean fromOriginator, Payload token) {
    if (token.length() >= 8) {
      Service service = token.has(0, "NTLMSSP") ? Service.NTLM : Service.GSSAPI;
      MessageParser parser = session.messages(service);
      if (parser != null) {
        parser.onMessage(fromOriginator, token);
      }
    }
  }

  void log(Share tree) {
    protocol.mappingLog.write(tree.row(session.flow()));
  }

  /** Writes what was done to a file last, unless the same was said in the last minutes. */
  void log(OpenFile file) {
    if (!file.hasName() || !LOGGED.contains(file.action)) {
      return;
    }
    if (file.hasTimes()) {
      String identity = file.identity();
      Long before = recent.remove(identity);
      if (before == null) {
        held.add(HeapSize.text(identity) + HeapSize.MAP_ENTRY + 24);
      }
      recent.put(identity, session.nowNs());
      if (before != null && session.nowNs() - before <= RECENT_NS) {
        return;
      }
      if (recent.size() > RECENT_MAX) {
        String oldest = recent.keySet().iterator().next();
        recent.remove(oldest);
        held.remove(HeapSize.text(oldest) + HeapSize.MAP_ENTRY + 24);
      }
    }
    protocol.fileLog.write(file.row(session.flow()));
  }

  private void closeFiles() {
    files.all().forEach(OpenFile::close);
    files.clear();
  }

  void end() {
    closeFiles();
    pipes.all().forEach(StreamParser::onFlowEnd);
    pipes.clear();
  }
}
