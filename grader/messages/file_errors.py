"""What is said of files of weights that can't be read."""

from collections.abc import Mapping

FILES: Mapping[str, Mapping[str, str]] = {
    "file.empty": {
        "en": "The file is empty.",
        "vi": "Tệp rỗng.",
    },
    "file.too-large": {
        "en": "The file is larger than {most} MiB.",
        "vi": "Tệp lớn hơn {most} MiB.",
    },
    "file.single-array": {
        "en": "This is a single NumPy array; put all weights into one .npz with numpy.savez.",
        "vi": "Đây là một mảng NumPy đơn lẻ; hãy lưu tất cả trọng số vào một tệp .npz bằng numpy.savez.",
    },
    "file.bare-pickle": {
        "en": "This is a bare pickle, which is never opened; save the state_dict with a current torch.save.",
        "vi": "Đây là một tệp pickle thuần, loại tệp không bao giờ được mở; hãy lưu state_dict bằng torch.save của bản PyTorch hiện hành.",
    },
    "file.unknown-format": {
        "en": "This is none of the formats that are read: "
        ".json, .npz, .safetensors, a PyTorch state_dict, .weights.h5 or .keras.",
        "vi": "Tệp không thuộc định dạng nào đọc được: "
        ".json, .npz, .safetensors, state_dict của PyTorch, .weights.h5 hoặc .keras.",
    },
    "file.no-arrays": {
        "en": "There are no arrays in the file.",
        "vi": "Trong tệp không có mảng nào.",
    },
    "file.other-zip": {
        "en": "This is a zip archive of something else; send the file of weights itself.",
        "vi": "Đây là tệp nén zip chứa nội dung khác; hãy gửi chính tệp trọng số.",
    },
    "file.says-too-many-numbers": {
        "en": "The file says that it holds more than {most:,} numbers; that is too many.",
        "vi": "Tệp khai báo chứa hơn {most:,} số; như vậy là quá nhiều.",
    },
    "file.too-many-numbers": {
        "en": "The file holds more than {most:,} numbers; that is too many.",
        "vi": "Tệp chứa hơn {most:,} số; như vậy là quá nhiều.",
    },
    "file.too-many-arrays": {
        "en": "The file holds more than {most:,} arrays; that is too many.",
        "vi": "Tệp chứa hơn {most:,} mảng; như vậy là quá nhiều.",
    },
    "file.unpacked": {
        "en": "Unpacked, the file is larger than {most} MiB; that is too much.",
        "vi": "Sau khi giải nén, tệp lớn hơn {most} MiB; như vậy là quá lớn.",
    },
    "array.shape": {
        "en": "The array {name} has a shape that no weights have.",
        "vi": "Mảng {name} có kích thước mà trọng số không thể có.",
    },
    "array.kind": {
        "en": "The array {name} does not hold plain numbers ({kind}).",
        "vi": "Mảng {name} không chứa các số thông thường ({kind}).",
    },
    "array.short-float": {
        "en": "The array {name} is stored in 8 bits a number or fewer, which are not read here; save it as float32.",
        "vi": "Mảng {name} được lưu với không quá 8 bit cho mỗi số, dạng này không đọc được; hãy lưu dưới dạng float32.",
    },
    "array.no-numbers": {
        "en": "The array {name} does not hold plain numbers.",
        "vi": "Mảng {name} không chứa các số thông thường.",
    },
    "array.not-finite": {
        "en": "The array {name} holds NaN or infinity; the training has gone astray there.",
        "vi": "Mảng {name} chứa NaN hoặc vô cực; quá trình huấn luyện đã phân kỳ ở đó.",
    },
    "array.unusual": {
        "en": "The array {name} is stored in an unusual way.",
        "vi": "Mảng {name} được lưu theo một cách khác thường.",
    },
    "array.number-too-large": {
        "en": "The array {name} holds a number that is too large.",
        "vi": "Mảng {name} chứa một số quá lớn.",
    },
    "array.header": {
        "en": "The header of the array {name} cannot be read.",
        "vi": "Không đọc được phần đầu của mảng {name}.",
    },
    "array.objects": {
        "en": "The array {name} holds Python objects; only plain numbers are read.",
        "vi": "Mảng {name} chứa các đối tượng Python; hệ thống chỉ đọc các số thông thường.",
    },
    "array.size": {
        "en": "The header of the array {name} does not agree with its size.",
        "vi": "Phần đầu của mảng {name} không khớp với kích thước của nó.",
    },
    "array.size-of-file": {
        "en": "The header of the array {name} does not agree with the size of the file.",
        "vi": "Phần đầu của mảng {name} không khớp với kích thước của tệp.",
    },
    "zip.too-many-members": {
        "en": "The archive has more than {most:,} members; that is too many.",
        "vi": "Tệp nén có hơn {most:,} tệp con; như vậy là quá nhiều.",
    },
    "zip.damaged": {
        "en": "The archive is damaged or cut off; send the file again.",
        "vi": "Tệp nén bị hỏng hoặc bị cắt ngắn; hãy gửi lại tệp.",
    },
    "zip.same-name": {
        "en": "The archive has two members of the same name.",
        "vi": "Tệp nén có hai tệp con trùng tên.",
    },
    "zip.member-too-large": {
        "en": "The member {name} is larger than it can be.",
        "vi": "Tệp con {name} lớn hơn mức có thể.",
    },
    "zip.member-damaged": {
        "en": "The member {name} is damaged or cut off.",
        "vi": "Tệp con {name} bị hỏng hoặc bị cắt ngắn.",
    },
    "zip.member-size": {
        "en": "The member {name} does not have the size that the archive says.",
        "vi": "Tệp con {name} không có kích thước như tệp nén ghi.",
    },
    "zip.member-lacking": {
        "en": "The archive lacks its member {name}.",
        "vi": "Tệp nén thiếu tệp con {name}.",
    },
    "zip.member-packed": {
        "en": "The member {name} is encrypted or packed in an unusual way.",
        "vi": "Tệp con {name} được mã hóa hoặc được nén theo một cách khác thường.",
    },
    "zip.member-ratio": {
        "en": "The member {name} unpacks to over {most} times its size; that is refused.",
        "vi": "Tệp con {name} khi giải nén lớn gấp hơn {most} lần; tệp như vậy không được nhận.",
    },
    "h5.damaged": {
        "en": "The HDF5 file is damaged or cut off.",
        "vi": "Tệp HDF5 bị hỏng hoặc bị cắt ngắn.",
    },
    "h5.not-read-here": {
        "en": "Keras files are not read on this server; send .safetensors, .npz or .json instead.",
        "vi": "Máy chủ này không đọc tệp Keras; hãy gửi .safetensors, .npz hoặc .json.",
    },
    "h5.too-much": {
        "en": "The HDF5 file has more in it than weights of a network.",
        "vi": "Tệp HDF5 chứa nhiều thứ hơn trọng số của một mạng.",
    },
    "h5.elsewhere": {
        "en": "The HDF5 file leads elsewhere at {name}; that is refused.",
        "vi": "Tệp HDF5 trỏ ra nơi khác tại {name}; tệp như vậy không được nhận.",
    },
    "json.invalid": {
        "en": "The file is not valid JSON.",
        "vi": "Tệp không phải là JSON hợp lệ.",
    },
    "json.invalid-at": {
        "en": "The file is not valid JSON: it can't be read from line {line}, character {column} on.",
        "vi": "Tệp không phải là JSON hợp lệ: không đọc được từ dòng {line}, ký tự thứ {column} trở đi.",
    },
    "json.no-object": {
        "en": "The JSON file must be an object from names to lists of numbers.",
        "vi": "Tệp JSON phải là một đối tượng ghép tên với danh sách số.",
    },
    "json.no-list": {
        "en": "{name} must be a number, a list of numbers, or a list of such lists.",
        "vi": "{name} phải là một số, một danh sách số, hoặc một danh sách gồm các danh sách như vậy.",
    },
    "json.lengths": {
        "en": "The lists in {name} are not all of one length.",
        "vi": "Các danh sách trong {name} không cùng độ dài.",
    },
    "json.not-finite": {
        "en": "The file holds {value}; the training has gone astray there.",
        "vi": "Tệp chứa {value}; quá trình huấn luyện đã phân kỳ ở đó.",
    },
    "json.name-twice": {
        "en": "The name {name} stands twice in the file; it is not clear which of the two is meant.",
        "vi": "Tên {name} xuất hiện hai lần trong tệp nên không rõ phải dùng giá trị nào.",
    },
    "pickle.does-more": {
        "en": "The pickle in the file does more than holding numbers ({opcode}).",
        "vi": "Phần pickle trong tệp làm nhiều hơn việc chứa các số ({opcode}).",
    },
    "pickle.wants": {
        "en": "The pickle in the file wants {name}; only tensors are read. Save model.state_dict(), not the model.",
        "vi": "Phần pickle trong tệp cần {name}; hệ thống chỉ đọc tensor. Hãy lưu model.state_dict(), không lưu cả mô hình.",
    },
    "pickle.damaged": {
        "en": "The pickle in the file is damaged or cut off.",
        "vi": "Phần pickle trong tệp bị hỏng hoặc bị cắt ngắn.",
    },
    "torch.unread": {
        "en": "The file describes a tensor in a way that is not read here.",
        "vi": "Tệp mô tả một tensor theo cách mà hệ thống không đọc được.",
    },
    "torch.beyond": {
        "en": "A tensor of the file reaches beyond the numbers that are there.",
        "vi": "Một tensor trong tệp vượt ra ngoài các số thực có.",
    },
    "torch.storage-size": {
        "en": "The storage {name} does not have the size that the file says.",
        "vi": "Vùng lưu trữ {name} không có kích thước như tệp ghi.",
    },
    "torch.no-state": {
        "en": "The archive is none that torch.save writes of a state_dict.",
        "vi": "Tệp nén này không phải do torch.save lưu từ một state_dict.",
    },
    "torch.no-tensors": {
        "en": "The file holds no tensors by name; save model.state_dict().",
        "vi": "Tệp không chứa tensor nào có tên; hãy lưu model.state_dict().",
    },
    "torch.shape": {
        "en": "A tensor of the file has a shape that no weights have.",
        "vi": "Một tensor trong tệp có kích thước mà trọng số không thể có.",
    },
    "safetensors.length": {
        "en": "The header of the safetensors file is longer than the file, or than any header should be.",
        "vi": "Phần đầu của tệp safetensors dài hơn cả tệp, hoặc dài hơn mức cho phép.",
    },
    "safetensors.header": {
        "en": "The header of the safetensors file cannot be read.",
        "vi": "Không đọc được phần đầu của tệp safetensors.",
    },
    "safetensors.names": {
        "en": "The header of the safetensors file does not name its arrays.",
        "vi": "Phần đầu của tệp safetensors không nêu tên các mảng.",
    },
    "safetensors.array": {
        "en": "The header of the safetensors file says nothing usable of {name}.",
        "vi": "Phần đầu của tệp safetensors không cho thông tin dùng được về {name}.",
    },
}
