#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"

namespace mimamori {

/// One file on its way into the received layer.
struct IncomingFile {
  std::string format;              // ssmix2, claims, dpc, omop
  std::string path;                // relative to the root, valid UTF-8 (invalid bytes as %XX)
  std::string file_identity;       // what stays the same when the file is delivered again; a later one takes its place
  std::string content;             // empty for a file that is stored in pieces
  std::string sha256;
  std::int64_t size_bytes = 0;
  std::int64_t modified_us = 0;    // when the file was last changed; 0: not to be relied upon
  std::string read_error;          // why the content could not be read; content is empty then
};

/// Where a file was received from.
struct FilePlace {
  std::string source;   // of its batch: format and root
  std::string path;     // below the root
};

/// What the received layer has, by fingerprints alone: about 170 bytes a file.
class KnownFiles {
 public:
  KnownFiles();
  ~KnownFiles();
  KnownFiles(KnownFiles&&) noexcept;
  KnownFiles& operator=(KnownFiles&&) noexcept;

  void reserve(std::size_t files);
  /// Takes note of a received file; files are noted in the order of their ids.
  ///   source   the batch's: format and root
  void note(const IncomingFile& file, const std::string& source, std::int64_t file_id);

  /// True if the newest file of this identity was received from this very path, and has not been touched since.
  [[nodiscard]] bool is_untouched(const IncomingFile& file) const;

  /// True if this file was received before and nothing newer took its place. The newest file of its identity may
  /// lie at another place: with the same content, name and folder it is the same file, whatever root it was
  /// reached through; else it counts beside this one while both are there (in one tree, or each in its root), and
  /// otherwise the hospital renamed it, and that is news.
  ///   is_there   whether what was received from a place still lies there
  ///   place_of   the place of a received file by its id
  [[nodiscard]] Result<bool> knows(const IncomingFile& file, const std::string& source,
                                   const std::function<bool(const FilePlace&)>& is_there,
                                   const std::function<Result<FilePlace>(std::int64_t)>& place_of) const;

 private:
  struct Maps;
  std::unique_ptr<Maps> maps_;
};

}  // namespace mimamori
