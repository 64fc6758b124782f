#include "ingest/gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace mimamori {
namespace {

constexpr int kWindowBits = 15;              // the largest window that deflate knows
constexpr int kGzipBits = 16 + kWindowBits;  // zlib's sign for "with a gzip header"

Error damaged() { return Error{ErrorCode::kInvalidInput, "gzip: expected undamaged packed data"}; }

}  // namespace

struct Gunzip::State {
  Options options;
  z_stream stream{};
  std::string_view packed;  // what zlib has not taken yet
  std::uint64_t plain_bytes = 0;
  bool is_open = false;    // inflateInit2 succeeded
  bool is_between = true;  // at the beginning, or behind a complete member
  bool any_member = false;
  bool failed = false;
  bool at_padding = false;  // behind a complete member came what is none: zeros of a tape, a signature

  ~State() {
    if (is_open) inflateEnd(&stream);
  }
  Result<void> open();
  Result<void> step(std::string& plain, std::size_t bytes_max, bool& is_done);
};

Gunzip::Gunzip(Options options) : state_(std::make_unique<State>()) { state_->options = options; }
Gunzip::Gunzip(Gunzip&&) noexcept = default;
Gunzip& Gunzip::operator=(Gunzip&&) noexcept = default;
Gunzip::~Gunzip() = default;

void Gunzip::feed(std::string_view packed) {
  ENSURE(state_->packed.empty());
  state_->packed = packed;
}

Result<void> Gunzip::State::open() {
  if (is_open) {
    inflateReset(&stream);
  } else if (inflateInit2(&stream, options.form == Form::kGzip ? kGzipBits : -kWindowBits) != Z_OK) {
    return Error{ErrorCode::kUnavailable, "gzip: expected memory for unpacking"};
  }
  is_open = true;
  is_between = false;
  return {};
}

// One call of zlib. is_done: the piece is used up.
Result<void> Gunzip::State::step(std::string& plain, std::size_t bytes_max, bool& is_done) {
  constexpr std::size_t kCallMax = std::numeric_limits<uInt>::max();
  const std::size_t before = plain.size();
  const std::size_t room = std::min(bytes_max, kCallMax);
  const std::size_t given = std::min(packed.size(), kCallMax);
  plain.resize(before + room);
  // zlib only reads through next_in; its type lacks the const unless ZLIB_CONST is set before the include.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(given);
  stream.next_out = reinterpret_cast<Bytef*>(plain.data() + before);
  stream.avail_out = static_cast<uInt>(room);
  const int code = inflate(&stream, Z_NO_FLUSH);
  const std::size_t written = room - stream.avail_out;
  plain.resize(before + written);
  packed.remove_prefix(given - stream.avail_in);
  plain_bytes += written;
  is_done = written == 0 && packed.empty();
  if (code == Z_STREAM_END) {
    is_between = true;
    any_member = true;
  } else if (code != Z_OK && code != Z_BUF_ERROR) {
    return damaged();
  }
  if (plain_bytes > options.plain_bytes_max) {
    return Error{
        ErrorCode::kInvalidInput,
        "gzip: expected at most " + std::to_string(options.plain_bytes_max) + " bytes when unpacked"};
  }
  return {};
}

Result<void> Gunzip::read(std::string& plain, std::size_t bytes_max) {
  State& state = *state_;
  if (state.failed) return damaged();
  const std::size_t end = plain.size() + bytes_max;
  bool is_done = false;
  while (!is_done && plain.size() < end && !state.at_padding) {
    if (state.is_between) {
      if (state.packed.empty()) return {};
      // After a member gzip programs ignore what is no further one; a bare stream has only one.
      const bool begins_member = state.packed.front() == '\x1F' && state.options.form == Form::kGzip;
      if (state.any_member && !begins_member) {
        state.at_padding = true;
        break;
      }
      TRY(state.open());
    }
    const Result<void> stepped = state.step(plain, end - plain.size(), is_done);
    if (!stepped.ok()) {
      state.failed = true;
      return stepped;
    }
  }
  if (state.at_padding) state.packed = {};
  return {};
}

Result<void> Gunzip::finish() const {
  if (state_->failed) return damaged();
  if (state_->is_between && state_->any_member) return {};
  return Error{ErrorCode::kInvalidInput, "gzip: expected more data; the file was cut off"};
}

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1F\x8B\x08"); }

}  // namespace mimamori
