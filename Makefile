# The one way in. Each goal is a script in scripts/; the text after ## is what `make` prints.
.DEFAULT_GOAL := help
.PHONY: help run test browser pictures looks papers check fix serve clean

PORT ?= 8000
export PORT
# Vietnamese on terminals of any locale.
export PYTHONUTF8 := 1

help: ## In bảng này
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Cài đặt, nạp dữ liệu trình diễn và mở tại http://127.0.0.1:8000 (đổi cổng: PORT=8001)
	@scripts/run

test: ## Chạy mọi kiểm thử trên SQLite, và trên PostgreSQL nếu có DATABASE_URL (thêm tham số pytest: ARGS="-k ...")
	@scripts/test $(ARGS)

browser: ## Chỉ chạy kiểm thử qua trình duyệt
	@scripts/test -m browser $(ARGS)

pictures: ## Chụp lại các ảnh của README và của hướng dẫn từ kiểm thử qua trình duyệt
	@PICTURES=docs/images scripts/test -k "whole_job or guide_show or five_questions"

looks: ## Chụp mọi trang ở ba bề rộng vào test-results/looks để xem bằng mắt
	@mkdir -p test-results/looks
	@LOOKS=test-results/looks scripts/test tests/browser/test_every_page.py

papers: ## In mọi biểu và văn bản ra ảnh trong test-results/papers để xem bằng mắt (cần LibreOffice)
	@mkdir -p test-results/papers
	@PAPERS=test-results/papers scripts/test tests/test_papers.py

check: ## Kiểm tra mã, mẫu trang, migration và thiết đặt vận hành
	@scripts/check

fix: ## Tự sửa định dạng mã và mẫu trang
	@scripts/setup requirements-dev.txt
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	-.venv/bin/djlint --quiet --reformat templates

serve: ## Chạy máy chủ vận hành (gunicorn) với thiết đặt trong .env
	@scripts/serve

clean: ## Xoá môi trường và tệp tạm; giữ cơ sở dữ liệu và tệp tải lên
	rm -rf .venv .pytest_cache .ruff_cache staticfiles test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
