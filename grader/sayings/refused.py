"""What services refuse with, where the sentence has values in it; fixed sentences are in the catalogs of the pages."""

from collections.abc import Mapping

REFUSED: Mapping[str, Mapping[str, str]] = {
    "refused.email-taken": {
        "en": "Somebody is registered as {email}.",
        "vi": "Đã có người đăng ký bằng {email}.",
    },
    "refused.unknown-user": {
        "en": "Nobody is registered as {email}.",
        "vi": "Chưa ai đăng ký bằng {email}.",
    },
    "refused.weak-password": {
        "en": "A password has {shortest} to {longest} characters.",
        "vi": "Mật khẩu phải dài từ {shortest} đến {longest} ký tự.",
    },
    "refused.unknown-assignment": {
        "en": "There is no assignment {number}.",
        "vi": "Không có bài được giao số {number}.",
    },
    "refused.unknown-course": {
        "en": "There is no course {number}, or you do not belong to it.",
        "vi": "Không có khóa học số {number}, hoặc bạn không thuộc khóa học đó.",
    },
    "refused.unknown-submission": {
        "en": "There is no submission {id}.",
        "vi": "Không có bài nộp {id}.",
    },
    "refused.unknown-token": {
        "en": "There is no token {number} to revoke; `grader tokens list` shows those there are.",
        "vi": "Không có mã truy cập số {number} để thu hồi; `grader tokens list` cho biết có những mã nào.",
    },
    "refused.not-your-assignment": {
        "en": "There is no assignment {number}, or you do not belong to its course.",
        "vi": "Không có bài được giao số {number}, hoặc bạn không thuộc khóa học của nó.",
    },
    "refused.no-student": {
        "en": "Assignment {assignment} has no student {number}.",
        "vi": "Bài được giao số {assignment} không có sinh viên số {number}.",
    },
    "refused.message": {
        "en": "A message has from 1 to {most} characters.",
        "vi": "Tin nhắn phải dài từ 1 đến {most} ký tự.",
    },
    "refused.foreign-learner": {
        "en": "The learner {learner} is somebody else's.",
        "vi": "Người học {learner} thuộc về người khác.",
    },
}
