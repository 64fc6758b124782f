#include "store/edited_reader.h"

#include "store/database.h"

namespace mimamori {

struct EditedReader::Impl {
  Database database;
};

EditedReader::EditedReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EditedReader::EditedReader(EditedReader&&) noexcept = default;
EditedReader& EditedReader::operator=(EditedReader&&) noexcept = default;
EditedReader::~EditedReader() = default;

Result<EditedReader> EditedReader::open(const std::filesystem::path& file) {
  Database database = TRY(Database::open(file, Database::Mode::kReadOnly));
  return EditedReader(std::make_unique<Impl>(Impl{std::move(database)}));
}

Result<CellTable> EditedReader::query(const std::string& sql, const std::vector<Cell>& values) const {
  return impl_->database.query(sql, values);
}

}  // namespace mimamori
